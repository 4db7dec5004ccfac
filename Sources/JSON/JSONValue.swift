/// Any JSON value (RFC 8259), kept exactly: 3 stays 3, 2.30 stays 2.30, and no number loses a digit.
package enum JSONValue: Sendable {
    case null
    case bool(Bool)
    /// A number of 64 bits, written without fraction, exponent and sign of a zero.
    case integer(Int64)
    /// Any other number.
    case number(JSONNumber)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)
}

/// Texts are equal when their code points are.
extension JSONValue: Equatable {
    package static func == (left: JSONValue, right: JSONValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.integer(let left), .integer(let right)): left == right
        case (.number(let left), .number(let right)): left == right
        case (.string(let left), .string(let right)): ExactString(left) == ExactString(right)
        case (.array(let left), .array(let right)): left == right
        case (.object(let left), .object(let right)): left == right
        default: false
        }
    }
}

extension JSONValue {
    /// How deep arrays and objects may be nested.
    package static let maxDepth = 128

    /// Parses one JSON text in UTF-8. A byte order mark before it is skipped (RFC 8259 section 8.1).
    ///
    /// - Throws: ``JSONError/malformed(_:)`` and ``JSONError/tooDeep``.
    package init(parsing bytes: some Sequence<UInt8>) throws(JSONError) {
        var parser = JSONParser(bytes)
        self = try parser.parse()
    }

    /// Parses one JSON text, and gives one member of it as it is written, white space included.
    ///
    /// - Parameter path: the names that lead to the member from the outermost object.
    /// - Throws: as ``init(parsing:)`` does.
    package static func parse(
        _ bytes: some Sequence<UInt8>,
        writtenAt path: [String]
    ) throws(JSONError) -> (value: JSONValue, written: String?) {
        var parser = JSONParser(bytes, writtenAt: path)
        let value = try parser.parse()
        return (value, parser.writtenText)
    }

    /// Parses one JSON text, such as ``encoded()`` writes.
    ///
    /// - Throws: as ``init(parsing:)`` does.
    package init(text: String) throws(JSONError) {
        try self.init(parsing: text.utf8)
    }

    /// The value as JSON on one line, keys in a stable order.
    package func encoded() -> String {
        var writer = JSONWriter()
        writer.write(self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
