import HTTPTypes
import NIOCore

/// Any JSON value (RFC 8259), whole numbers of 64 bits apart from others: 3 stays 3, 2.3 stays 2.3.
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
    /// Parses a body.
    ///
    /// - Throws: ``APIError`` 400 when it is not JSON in UTF-8 or nests deeper than 128 levels.
    package init(parsing bytes: some Sequence<UInt8>) throws(APIError) {
        var parser = JSONParser(bytes)
        do {
            self = try parser.parse()
        } catch {
            let problem =
                switch error {
                case .tooDeep: "The JSON body nests deeper than \(JSONParser.maxDepth) levels; flatten it"
                case .malformed: "The body is not valid JSON; send one JSON object in UTF-8"
                }
            throw APIError(.badRequest, problem)
        }
    }

    /// Reads what ``text()`` wrote.
    package init(text: String) throws(APIError) {
        try self.init(parsing: text.utf8)
    }

    /// The value as JSON, for a column of the index.
    package func text() throws -> String {
        String(buffer: try ByteBuffer.json(self))
    }
}
