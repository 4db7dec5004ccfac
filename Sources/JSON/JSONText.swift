/// JSON that is already written, such as a free map as it stands in the index. Inside an object that
/// ``bytes(of:)`` writes it is taken over as it is: neither parsed nor written again.
package struct JSONText: Sendable, Equatable {
    package let text: String

    /// - Parameter text: one JSON text, such as ``JSONValue/encoded()`` writes.
    package init(_ text: String) {
        self.text = text
    }

    package init(_ value: JSONValue) {
        self.init(value.encoded())
    }

    /// The bytes of a value as JSON on one line, members in the order of their names.
    package static func bytes(of value: some Encodable) throws -> [UInt8] {
        var writer = JSONWriter()
        if let value = value as? any JSONWritable {
            try value.write(to: &writer)
        } else {
            try writer.write(PartEncoder.part(of: value))
        }
        return writer.bytes
    }
}

extension JSONText: Encodable {
    /// - Throws: `EncodingError` with any other encoder than ours, which could not take it over as it is.
    package func encode(to encoder: any Encoder) throws {
        try (encoder as? PartEncoder).orRefuse(self).part = .written(text)
    }
}

extension JSONValue: Encodable {
    /// - Throws: `EncodingError` with any other encoder than ours, which would lose digits.
    package func encode(to encoder: any Encoder) throws {
        try (encoder as? PartEncoder).orRefuse(self).part = .value(self)
    }
}

extension PartEncoder? {
    func orRefuse(_ value: any Sendable) throws -> PartEncoder {
        if let self { return self }
        let context = EncodingError.Context(codingPath: [], debugDescription: "JSONText.bytes(of:) writes this")
        throw EncodingError.invalidValue(value, context)
    }
}
