import Foundation

/// Any JSON value (RFC 8259). Whole numbers of 64 bits are kept apart from other numbers: 3 stays 3, 2.3 stays 2.3.
package enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])
}

extension JSONValue: Encodable {
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}

extension JSONValue {
    /// How deep arrays and objects may be nested.
    package static let maxDepth = 128

    /// Parses one JSON text in UTF-8.
    ///
    /// - Throws: ``JSONError/malformed`` and ``JSONError/tooDeep``.
    package init(parsing bytes: some Sequence<UInt8>) throws(JSONError) {
        var parser = JSONParser(bytes)
        self = try parser.parse()
    }

    /// Parses one JSON text, such as ``encoded()`` writes.
    ///
    /// - Throws: as ``init(parsing:)`` does.
    package init(text: String) throws(JSONError) {
        try self.init(parsing: text.utf8)
    }

    /// The value as JSON on one line, keys in a stable order.
    package func encoded() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
