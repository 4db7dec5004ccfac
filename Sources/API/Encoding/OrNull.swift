/// A member that is written as `null` while it has no value; without this it would be left out.
@propertyWrapper
package struct OrNull<Value: Encodable & Sendable>: Encodable, Sendable {
    package var wrappedValue: Value?

    package init(wrappedValue: Value?) {
        self.wrappedValue = wrappedValue
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let wrappedValue { try container.encode(wrappedValue) } else { try container.encodeNil() }
    }
}

extension OrNull: Equatable where Value: Equatable {}

extension KeyedEncodingContainer {
    /// The compiler takes this one where it writes the `encode(to:)` of a type with such members: one step less than by
    /// way of a container of its own.
    package mutating func encode<Value>(_ member: OrNull<Value>, forKey key: Key) throws {
        if let value = member.wrappedValue {
            try encode(value, forKey: key)
        } else {
            try encodeNil(forKey: key)
        }
    }
}
