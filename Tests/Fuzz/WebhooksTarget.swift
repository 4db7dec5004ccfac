import API
import FoundationEssentials
import Glibc
import HTTP

@testable import Delivery

//     byte 0     kind of check (low bits)
//     the rest   a URL, the bytes of an address, or a list of allowed targets
func fuzzWebhooks(_ bytes: [UInt8]) throws {
    var input = Input(bytes)
    switch input.byte() & 3 {
    case 0: try checkURL(input.text)
    case 1: try checkURL("http://" + input.text)
    case 2: try checkAddress(&input)
    default: try checkLists(input.text)
    }
}

private let nobody = TargetRules(allowed: AllowedTargets("")!)

/// A URL that is taken means the same to whoever reads it again; one that is judged public leads to no private place.
private func checkURL(_ text: String) throws {
    guard let target = try? WebhookTarget(text) else { return }
    let again = try WebhookTarget(target.url)
    try hold(again == target && again.url == target.url, target.url)
    let authority = target.url.dropFirst(target.origin.scheme.count + 3).prefix { !"/?#".contains($0) }
    try hold(target.url.utf8.allSatisfy { (0x21...0x7E).contains($0) } && !authority.contains("@"), target.url)
    // The HTTP client reads the URL with Foundation.
    let url = URL(string: target.url)
    try hold(url?.port == target.port && url?.scheme == target.origin.scheme && url?.user == nil, target.url)
    let host = url?.host(percentEncoded: true) ?? ""
    try hold(host == target.host || host == "[\(target.host)]", target.url)
    let addresses = numericAddresses(of: target.host)
    guard !addresses.isEmpty, (try? nobody.check(target, addresses: addresses)) != nil else { return }
    try hold(addresses.allSatisfy { !isPrivate($0.bytes) }, "\(target.url) leads to \(addresses)")
}

/// What the resolver makes of a host that is a number in any spelling; nobody is asked.
private func numericAddresses(of host: String) -> [IPAddress] {
    var hints = addrinfo()
    (hints.ai_socktype, hints.ai_flags) = (CInt(SOCK_STREAM.rawValue), AI_NUMERICHOST)
    var first: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, nil, &hints, &first) == 0 else { return [] }
    defer { freeaddrinfo(first) }
    return sequence(first: first) { $0?.pointee.ai_next }
        .prefix { $0 != nil }
        .compactMap { $0?.pointee.ai_addr.flatMap { IPAddress(UnsafePointer($0)) } }
}

/// The rules a second time, by numbers, for the places that nobody may reach.
private func isPrivate(_ bytes: [UInt8]) -> Bool {
    if bytes.count == 16 {
        if bytes[..<2] == [0x20, 0x02] { return isPrivate(Array(bytes[2..<6])) }
        let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && [[255, 255], [0, 0]].contains(bytes[10..<12])
        if isMapped || bytes[..<12] == [0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0] {
            return isPrivate(Array(bytes[12...]))
        }
        return !(0x20...0x3F).contains(bytes[0])
    }
    switch (bytes[0], bytes[1]) {
    case (0, _), (10, _), (127, _), (169, 254), (172, 16...31), (192, 168), (100, 64...127), (224..., _): return true
    default: return false
    }
}

/// An address is read as it is written, and lies in the ranges that begin as it does.
private func checkAddress(_ input: inout Input) throws {
    let isLong = input.byte() & 1 == 1
    let bytes = (0..<(isLong ? 16 : 4)).map { _ in input.byte() }
    let text = written(bytes)
    guard let address = IPAddress(text) else { throw Broken(description: text) }
    try hold(address.bytes == bytes && IPAddress(address.description) == address, text)
    if TargetRules.isPublic(address) { try hold(!isPrivate(bytes), text) }
    let length = input.number(upTo: 8 * bytes.count)
    var other = bytes
    let flipped = input.number(upTo: 8 * bytes.count - 1)
    other[flipped / 8] ^= 0x80 >> (flipped % 8)
    guard let range = AddressRange("\(address)/\(length)"), let neighbour = IPAddress(written(other)) else {
        throw Broken(description: "\(address)/\(length)")
    }
    try hold(range.contains(address) && range.contains(neighbour) == (flipped >= length), "\(range) \(flipped)")
}

private func written(_ bytes: [UInt8]) -> String {
    if bytes.count == 4 { return bytes.map { "\($0)" }.joined(separator: ".") }
    return stride(from: 0, to: 16, by: 2)
        .map { String(Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]), radix: 16) }
        .joined(separator: ":")
}

/// A list of allowed targets allows nothing that it does not name: the addresses of metadata services stay closed.
private func checkLists(_ list: String) throws {
    guard let allowed = AllowedTargets(list), let target = try? WebhookTarget("http://169.254.169.254/") else { return }
    let isOpen = (try? TargetRules(allowed: allowed).check(target, addresses: [IPAddress("169.254.169.254")!])) != nil
    if isOpen { try hold(list.contains("169.") || list.contains("/"), list) }
}
