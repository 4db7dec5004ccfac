import Foundation

@testable import JSON

/// One JSON text, or something near it.
func fuzzJSON(_ bytes: [UInt8]) throws {
    let grammar = Grammar(bytes)
    guard let value = try? JSONValue(parsing: bytes) else {
        return try hold(grammar.isTooDeep || !grammar.isJSON, "JSON was refused")
    }
    try hold(grammar.isJSON && !grammar.isTooDeep, "what is no JSON was taken")
    let text = value.encoded()
    let again = try JSONValue(text: text)
    try hold(again == value && again.encoded() == text && value.hasValue(of: again), text)
    // Foundation reads the same out of what we write, but leaves out what may be a byte order mark.
    if !text.unicodeScalars.contains("\u{FEFF}"),
        let other = try? JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
    {
        try hold(isSame(value, other), text)
    }
    let (whole, written) = try JSONValue.parse(bytes, writtenAt: ["a", "b"])
    let member = value["a"]?["b"]
    try hold(whole == value && (written == nil) == (member == nil))
    if let written { try hold(JSONValue(text: written) == member, written) }
}

extension JSONValue {
    fileprivate subscript(name: String) -> JSONValue? {
        if case .object(let members) = self { members[name] } else { nil }
    }
}

/// Numbers are left aside: Foundation keeps no more than a double has.
private func isSame(_ value: JSONValue, _ other: Any) -> Bool {
    switch value {
    case .null: other is NSNull
    case .bool(let bool): other as? Bool == bool
    case .integer, .number: other is NSNumber
    case .string(let text): (other as? String).map { Array($0.utf8) } == Array(text.utf8)
    case .array(let elements):
        (other as? [Any]).map { $0.count == elements.count && zip(elements, $0).allSatisfy(isSame) } == true
    case .object(let members):
        // Names that look the same are one to Foundation.
        (other as? [String: Any]).map { other in
            other.count != members.count
                || members.allSatisfy { name, value in other[name].map { isSame(value, $0) } == true }
        } == true
    }
}

/// RFC 8259 a second time, plainly: whether bytes are a JSON text in UTF-8.
private struct Grammar {
    private(set) var isJSON = false
    private(set) var isTooDeep = false
    private var text: ArraySlice<Unicode.Scalar> = []

    init(_ bytes: [UInt8]) {
        guard var whole = String(validating: bytes, as: UTF8.self)?.unicodeScalars.map({ $0 }) else { return }
        if whole.first == "\u{FEFF}" { whole.removeFirst() }
        text = whole[...]
        isJSON = value(1) && text.isEmpty
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard text.first == scalar else { return false }
        text.removeFirst()
        return true
    }

    private mutating func takeWord(_ word: String) -> Bool {
        guard text.starts(with: word.unicodeScalars) else { return false }
        text = text.dropFirst(word.unicodeScalars.count)
        return true
    }

    private mutating func blank() { text = text.drop { " \t\n\r".unicodeScalars.contains($0) } }

    private mutating func value(_ depth: Int) -> Bool {
        blank()
        defer { blank() }
        switch text.first {
        case "{", "[":
            guard depth <= JSONValue.maxDepth else {
                isTooDeep = true
                return false
            }
            return take("[")
                ? list("]") { $0.value(depth + 1) } : take("{") && list("}") { $0.member(depth + 1) }
        case "\"": return string()
        case "t": return takeWord("true")
        case "f": return takeWord("false")
        case "n": return takeWord("null")
        default: return number()
        }
    }

    private mutating func list(_ end: Unicode.Scalar, _ one: (inout Grammar) -> Bool) -> Bool {
        blank()
        if take(end) { return true }
        repeat { guard one(&self) else { return false } } while take(",")
        return take(end)
    }

    private mutating func member(_ depth: Int) -> Bool {
        blank()
        guard string() else { return false }
        blank()
        return take(":") && value(depth)
    }

    private mutating func string() -> Bool {
        guard take("\"") else { return false }
        while let scalar = text.popFirst() {
            if scalar == "\"" { return true }
            guard scalar.value >= 0x20, scalar != "\\" || escape() else { return false }
        }
        return false
    }

    private mutating func escape() -> Bool {
        guard let scalar = text.popFirst() else { return false }
        guard scalar == "u" else { return "\"\\/bfnrt".unicodeScalars.contains(scalar) }
        guard let unit = unit() else { return false }
        if (0xDC00..<0xE000).contains(unit) { return false }
        guard (0xD800..<0xDC00).contains(unit) else { return true }
        guard takeWord("\\u"), let second = self.unit() else { return false }
        return (0xDC00..<0xE000).contains(second)
    }

    private mutating func unit() -> UInt32? {
        let digits = text.prefix(4)
        text = text.dropFirst(4)
        guard digits.count == 4, digits.allSatisfy({ $0.isASCII && $0.properties.isASCIIHexDigit }) else { return nil }
        return UInt32(String(String.UnicodeScalarView(digits)), radix: 16)
    }

    private mutating func number() -> Bool {
        _ = take("-")
        if !take("0"), !digits() { return false }
        if take("."), !digits() { return false }
        guard take("e") || take("E") else { return true }
        if !take("+") { _ = take("-") }
        return digits()
    }

    private mutating func digits() -> Bool {
        let digits = text.prefix { ("0"..."9").contains($0) }
        text = text.dropFirst(digits.count)
        return !digits.isEmpty
    }
}
