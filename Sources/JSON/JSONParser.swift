/// Parses one JSON text (RFC 8259) in UTF-8, in time linear in its length.
///
/// It is ours because Foundation's parser does not do what a server needs: limit the nesting before the stack is at
/// risk, accept UTF-8 only, keep every digit and every name, say where a text is wrong, and never guess a type
/// (docs/decisions/0005-our-own-json-parser.md).
struct JSONParser {
    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0
    private var valueCount = 0
    /// The names that lead from the outermost object to the member whose text is wanted.
    private let wanted: [ExactString]
    /// How many of these names lead to where the parser is.
    private var followed = 0
    private var written: Range<Int>?

    init(_ bytes: some Sequence<UInt8>, writtenAt path: [String] = []) {
        self.bytes = Array(bytes)
        wanted = path.map(ExactString.init)
        if self.bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    mutating func parse() throws(JSONError) -> JSONValue {
        if let coding = otherCoding { throw fault("it is \(coding), and JSON is sent in UTF-8", at: 0) }
        let value = try value()
        skipSpace()
        guard position == bytes.count else { throw fault("the text goes on after its end") }
        return value
    }

    /// The wanted member as it is written; nil when there is none.
    var writtenText: String? { written.map { String(decoding: bytes[$0], as: UTF8.self) } }

    /// What the bytes are instead of UTF-8, as far as the first of them tell (RFC 4627 section 3).
    private var otherCoding: String? {
        if bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0xFF, 0xFE]) { return "UTF-16 or UTF-32" }
        if bytes.starts(with: [0x1F, 0x8B]) { return "compressed (gzip)" }
        return bytes.prefix(2).contains(0) ? "UTF-16 or UTF-32" : nil
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private func fault(_ reason: String, at place: Int? = nil) -> JSONError {
        .malformed(JSONError.Fault(at: place ?? position, of: bytes, reason))
    }

    /// For a place where something else must stand.
    private func expected(_ what: String) -> JSONError {
        fault(next == nil ? "it ends where \(what) is expected" : "\(what) is expected")
    }

    private mutating func value() throws(JSONError) -> JSONValue {
        valueCount += 1
        // Not for each value: the question costs as much as a small one.
        if valueCount.isMultiple(of: 4096), Task.isCancelled { throw .cancelled }
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return .object(try object())
        case UInt8(ascii: "["): return .array(try array())
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case let byte? where byte == UInt8(ascii: "-") || Self.isDigit(byte): return try number()
        default: throw expected("a value")
        }
    }

    /// Enters an array or object. The limit is checked on the way down, before the recursion can use up the stack.
    private mutating func descend() throws(JSONError) {
        position += 1
        depth += 1
        guard depth <= JSONValue.maxDepth else { throw .tooDeep }
    }

    /// If members have the same name, the last one counts, as in JavaScript.
    private mutating func object() throws(JSONError) -> JSONObject {
        try descend()
        defer { depth -= 1 }
        var members: JSONObject = [:]
        skipSpace()
        if take("}") { return members }
        repeat {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw expected("a name in double quotes") }
            let name = try string()
            skipSpace()
            guard take(":") else { throw expected("a colon") }
            members[name] = try member(name)
            skipSpace()
        } while take(",")
        guard take("}") else { throw expected("a comma or }") }
        return members
    }

    /// Parses the value of a member, and notes where it stands when it is the wanted one.
    private mutating func member(_ name: String) throws(JSONError) -> JSONValue {
        let level = depth - 1
        guard followed == level, level < wanted.count, wanted[level] == ExactString(name) else { return try value() }
        followed += 1
        defer { followed -= 1 }
        // Of an earlier member with this name nothing counts.
        written = nil
        skipSpace()
        let start = position
        let value = try value()
        if followed == wanted.count { written = start..<position }
        return value
    }

    private mutating func array() throws(JSONError) -> [JSONValue] {
        try descend()
        defer { depth -= 1 }
        var elements: [JSONValue] = []
        skipSpace()
        if take("]") { return elements }
        repeat {
            elements.append(try value())
            skipSpace()
        } while take(",")
        guard take("]") else { throw expected("a comma or ]") }
        return elements
    }

    private mutating func literal(_ text: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        let end = position + text.utf8CodeUnitCount
        let isThere =
            end <= bytes.count
            && text.withUTF8Buffer { bytes[position..<end].elementsEqual($0) }
        guard isThere else { throw fault("a value is expected, such as \(text)") }
        position = end
        return value
    }

    // MARK: Strings

    /// Most strings have no escapes: those are taken from the text in one piece.
    private mutating func string() throws(JSONError) -> String {
        position += 1
        let start = position
        while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
        if next == UInt8(ascii: "\"") {
            defer { position += 1 }
            return try text(bytes[start..<position], from: start)
        }
        return try stringWithEscapes(from: start)
    }

    /// - Parameter start: of its characters; all before the position are plain.
    private mutating func stringWithEscapes(from start: Int) throws(JSONError) -> String {
        var collected = Array(bytes[start..<position])
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return try text(collected[...], from: start)
            case UInt8(ascii: "\\"):
                let scalar = try escape()
                collected.append(contentsOf: Array(String(scalar).utf8))
            case 0..<0x20:
                throw fault("a control character stands in a string, where it must be escaped")
            default:
                position += 1
                collected.append(byte)
            }
        }
        throw fault("it ends within a string")
    }

    /// - Parameter start: where the string begins that the bytes are from.
    private func text(_ bytes: ArraySlice<UInt8>, from start: Int) throws(JSONError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw fault("a string is not UTF-8", at: start)
        }
        return text
    }

    private mutating func escape() throws(JSONError) -> Unicode.Scalar {
        let start = position
        position += 1
        guard let byte = next else { throw fault("it ends within a string") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape(from: start)
        default: throw fault("there is no such escape in JSON", at: start)
        }
    }

    /// Reads one `\uXXXX`, or two for characters past U+FFFF (RFC 8259 section 7). Half a pair is no character.
    private mutating func unicodeEscape(from start: Int) throws(JSONError) -> Unicode.Scalar {
        let half = "half of a surrogate pair stands alone"
        let first = try codeUnit(from: start)
        guard UTF16.isLeadSurrogate(first) else {
            guard let scalar = Unicode.Scalar(first) else { throw fault(half, at: start) }
            return scalar
        }
        guard take("\\"), take("u") else { throw fault(half, at: start) }
        let second = try codeUnit(from: start)
        guard UTF16.isTrailSurrogate(second),
            let scalar = Unicode.Scalar(0x10000 + (UInt32(first & 0x3FF) << 10 | UInt32(second & 0x3FF)))
        else { throw fault(half, at: start) }
        return scalar
    }

    private mutating func codeUnit(from start: Int) throws(JSONError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw fault("an escape \\u needs four hexadecimal digits", at: start)
            }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }

    // MARK: Numbers

    /// What 64 bits hold, written as they would be written, becomes `.integer`; every other number keeps its spelling.
    private mutating func number() throws(JSONError) -> JSONValue {
        let start = position
        _ = take("-")
        if take("0") {
            if let byte = next, Self.isDigit(byte) { throw fault("a number begins with a zero", at: start) }
        } else {
            try digits()
        }
        var isInteger = true
        if take(".") {
            isInteger = false
            try digits()
        }
        if take("e") || take("E") {
            isInteger = false
            if !take("+") { _ = take("-") }
            try digits()
        }
        let literal = String(decoding: bytes[start..<position], as: UTF8.self)
        if isInteger, literal != "-0", let integer = Int64(literal) { return .integer(integer) }
        return .number(JSONNumber(literal: literal))
    }

    private mutating func digits() throws(JSONError) {
        guard let byte = next, Self.isDigit(byte) else { throw expected("a digit") }
        while let byte = next, Self.isDigit(byte) { position += 1 }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
