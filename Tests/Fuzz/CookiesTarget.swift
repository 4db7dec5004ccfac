import HTTPTypes

@testable import HTTP

//     byte 0     kind of check (lowest bit)
//     the rest   the value of a `Cookie` header, or names and values
func fuzzCookies(_ bytes: [UInt8]) throws {
    var input = Input(bytes)
    if input.byte() & 1 == 1 { return try checkInverse(&input) }
    // The field makes blanks of what no header may have.
    let field = HTTPField(name: .cookie, value: input.text)
    let (headers, text) = (HTTPFields([field]), field.value)
    for value in headers.cookies(named: "__Host-placet") {
        try hold(!value.contains(";") && value.trimmingSpace == value, value)
        // Nothing stands before the name but blanks: a cookie without a name is not taken for ours.
        let pairs = text.utf8.split(separator: UInt8(ascii: ";")).map { String(decoding: $0, as: UTF8.self) }
        try hold(pairs.contains { $0.trimmingSpace.hasPrefix("__Host-placet") }, text)
    }
}

/// What a browser joins is taken apart again, in its order.
private func checkInverse(_ input: inout Input) throws {
    var (headers, given) = (HTTPFields(), [String: [String]]())
    for _ in 0..<(1 + input.number(upTo: 2)) {
        var pairs: [String] = []
        for _ in 0..<(1 + input.number(upTo: 4)) {
            let name = ["a", "ab", "access_token"][input.number(upTo: 2)]
            // The characters of a cookie (RFC 6265 section 4.1.1).
            let value = input.bytes(input.number(upTo: 6)).map { String(UnicodeScalar(0x23 + $0 % 24)) }.joined()
            pairs.append("\(name)=\(value)")
            given[name, default: []].append(value)
        }
        headers.append(HTTPField(name: .cookie, value: pairs.joined(separator: "; ")))
    }
    for name in ["a", "ab", "access_token"] { try hold(headers.cookies(named: name) == given[name] ?? [], headers) }
}

extension String {
    fileprivate var trimmingSpace: String { String(self[...].trimmed) }
}
