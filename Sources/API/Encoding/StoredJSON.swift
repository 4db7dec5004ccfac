import JSON

/// JSON inside an object: either text from the index, which is parsed only when it is sent, or a value that had to be
/// looked into on the way.
package enum StoredJSON: Sendable {
    case text(String)
    case value(JSONValue)
}

extension StoredJSON: Encodable {
    package func encode(to encoder: any Encoder) throws {
        switch self {
        case .text(let text): try JSONValue(text: text).encode(to: encoder)
        case .value(let value): try value.encode(to: encoder)
        }
    }
}
