@testable import HTTP

//     byte 0     kind of check (lowest bit)
//     the rest   a query, a path, or the names and values of a query
func fuzzQueries(_ bytes: [UInt8]) throws {
    var input = Input(bytes)
    if input.byte() & 1 == 1 { return try checkInverse(&input) }
    try checkTarget(input.text)
    let query = FormQuery(input.text)
    for name in ["a", "é", "a=", ""] {
        let rest = query.without(name).joined(separator: "&")
        try hold(FormQuery(rest).bytes(of: name) == nil, rest)
        if query.bytes(of: name) == nil { try hold(FormQuery(rest).bytes(of: "b") == query.bytes(of: "b"), rest) }
    }
}

/// What is written in a query is what is read.
private func checkInverse(_ input: inout Input) throws {
    var (pairs, given) = ([String](), [[UInt8]: [UInt8]]())
    for _ in 0..<(1 + input.number(upTo: 5)) {
        let (name, value) = (input.bytes(input.number(upTo: 3)), input.bytes(input.number(upTo: 9)))
        let style = input.byte()
        // A name that is no text cannot be asked for.
        guard let text = String(validating: name, as: UTF8.self), !text.isEmpty else { continue }
        pairs.append(encoded(name, style) + "=" + encoded(value, style))
        if given[name] == nil { given[name] = value }
    }
    let query = pairs.joined(separator: "&")
    for (name, value) in given {
        try hold(FormQuery(query).bytes(of: String(decoding: name, as: UTF8.self)) == value, query)
    }
}

private func encoded(_ bytes: [UInt8], _ style: UInt8) -> String {
    bytes.map { byte in
        if byte == 0x20, style & 1 == 1 { return "+" }
        let isLetter = (0x61...0x7A).contains(byte)
        let digits = String(byte, radix: 16, uppercase: style & 2 == 2)
        return isLetter && style & 4 == 4 ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + digits
    }.joined()
}

/// A target with a plain path is the same target: its query is left alone, its path means the same, and doing it twice
/// changes nothing more.
private func checkTarget(_ target: String) throws {
    let plain = target.withPlainPath
    try hold(plain.utf8.elementsEqual(plain.withPlainPath.utf8), plain)
    let (before, after) = (Array(target.utf8), Array(plain.utf8))
    let mark = UInt8(ascii: "?")
    try hold(before.drop { $0 != mark }.elementsEqual(after.drop { $0 != mark }), plain)
    try hold(decoded(before.prefix { $0 != mark }) == decoded(after.prefix { $0 != mark }), plain)
}

private func decoded(_ text: ArraySlice<UInt8>) -> [UInt8] {
    var (decoded, rest) = ([UInt8](), text)
    while let byte = rest.popFirst() {
        let digits = String(decoding: rest.prefix(2), as: UTF8.self)
        if byte == UInt8(ascii: "%"), digits.utf8.count == 2, !digits.hasPrefix("+"), !digits.hasPrefix("-"),
            let code = UInt8(digits, radix: 16)
        {
            decoded.append(code)
            rest = rest.dropFirst(2)
        } else {
            decoded.append(byte)
        }
    }
    return decoded
}
