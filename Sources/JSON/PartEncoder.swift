/// A value on its way from an `Encodable` type to ``JSONWriter``.
enum Part {
    case null
    case bool(Bool)
    case integer(Int64)
    case unsigned(UInt64)
    case double(Double)
    case string(String)
    case written(String)
    case value(JSONValue)
    case writable(any JSONWritable)
    case object(ObjectPart)
    case array(ArrayPart)
    /// Whatever an encoder has been given by the time of writing.
    case later(PartEncoder)
}

final class ObjectPart {
    var members: [(name: String, part: Part)] = []
}

final class ArrayPart {
    var elements: [Part] = []
}

extension JSONWriter {
    /// - Throws: `EncodingError` for a number that JSON does not have.
    mutating func write(_ part: Part) throws {
        switch part {
        case .null: write(raw: "null")
        case .bool(let value): write(raw: value ? "true" : "false")
        case .integer(let value): write(raw: "\(value)")
        case .unsigned(let value): write(raw: "\(value)")
        case .double(let value):
            guard value.isFinite else {
                let context = EncodingError.Context(codingPath: [], debugDescription: "No number of JSON")
                throw EncodingError.invalidValue(value, context)
            }
            write(raw: "\(value)")
        case .string(let text): write(string: text)
        case .written(let text): write(raw: text)
        case .value(let value): write(value)
        case .writable(let value): try value.write(to: &self)
        case .array(let array): try self.array(array.elements) { try $0.write($1) }
        case .object(let object):
            try self.object {
                for member in object.members.sorted(by: { $0.name < $1.name }) {
                    $0.start(member.name)
                    try $0.write(member.part)
                }
            }
        case .later(let encoder): try write(encoder.part ?? .object(ObjectPart()))
        }
    }
}

/// Takes one value apart. It exists because Foundation's encoder can neither take over JSON that is already written nor
/// write a number with more digits than its types have.
final class PartEncoder: Encoder {
    var part: Part?
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy: Key.Type) -> KeyedEncodingContainer<Key> {
        // A class and its subclass share one object.
        if case .object(let object)? = part { return KeyedEncodingContainer(ObjectContainer(object: object)) }
        let object = ObjectPart()
        part = .object(object)
        return KeyedEncodingContainer(ObjectContainer(object: object))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        let array = ArrayPart()
        part = .array(array)
        return ArrayContainer(array: array)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { ValueContainer(encoder: self) }

    static func part(of value: some Encodable) throws -> Part {
        let encoder = PartEncoder()
        try value.encode(to: encoder)
        return encoder.part ?? .object(ObjectPart())
    }
}

// MARK: Containers. Where only the generic `encode` stands, a simple type comes by ``ValueContainer``.

private struct ObjectContainer<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let object: ObjectPart
    var codingPath: [any CodingKey] { [] }

    private func add(_ part: Part, _ key: any CodingKey) {
        object.members.append((key.stringValue, part))
    }

    func encodeNil(forKey key: Key) { add(.null, key) }
    func encode(_ value: String, forKey key: Key) { add(.string(value), key) }
    func encode(_ value: Bool, forKey key: Key) { add(.bool(value), key) }
    func encode(_ value: Int, forKey key: Key) { add(.integer(Int64(value)), key) }
    func encode(_ value: some Encodable, forKey key: Key) throws { add(try PartEncoder.part(of: value), key) }

    func nestedContainer<Nested: CodingKey>(
        keyedBy: Nested.Type,
        forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        later(key).container(keyedBy: Nested.self)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { later(key).unkeyedContainer() }
    func superEncoder(forKey key: Key) -> any Encoder { later(key) }
    func superEncoder() -> any Encoder { later(SuperKey()) }

    private func later(_ key: any CodingKey) -> PartEncoder {
        let encoder = PartEncoder()
        add(.later(encoder), key)
        return encoder
    }
}

private struct SuperKey: CodingKey {
    let stringValue = "super"
    let intValue: Int? = nil

    init() {}
    init?(stringValue: String) {}
    init?(intValue: Int) { nil }
}

private struct ArrayContainer: UnkeyedEncodingContainer {
    let array: ArrayPart
    var codingPath: [any CodingKey] { [] }
    var count: Int { array.elements.count }

    func encodeNil() { array.elements.append(.null) }
    func encode(_ value: String) { array.elements.append(.string(value)) }
    func encode(_ value: some Encodable) throws { array.elements.append(try PartEncoder.part(of: value)) }

    func nestedContainer<Nested: CodingKey>(keyedBy: Nested.Type) -> KeyedEncodingContainer<Nested> {
        later().container(keyedBy: Nested.self)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { later().unkeyedContainer() }
    func superEncoder() -> any Encoder { later() }

    private func later() -> PartEncoder {
        let encoder = PartEncoder()
        array.elements.append(.later(encoder))
        return encoder
    }
}

private struct ValueContainer: SingleValueEncodingContainer {
    let encoder: PartEncoder
    var codingPath: [any CodingKey] { [] }

    func encodeNil() { encoder.part = .null }
    func encode(_ value: Bool) { encoder.part = .bool(value) }
    func encode(_ value: String) { encoder.part = .string(value) }
    func encode(_ value: Double) { encoder.part = .double(value) }
    func encode(_ value: Float) { encoder.part = .double(Double(value)) }
    func encode(_ value: Int) { encoder.part = .integer(Int64(value)) }
    func encode(_ value: Int8) { encoder.part = .integer(Int64(value)) }
    func encode(_ value: Int16) { encoder.part = .integer(Int64(value)) }
    func encode(_ value: Int32) { encoder.part = .integer(Int64(value)) }
    func encode(_ value: Int64) { encoder.part = .integer(value) }
    func encode(_ value: UInt) { encoder.part = .unsigned(UInt64(value)) }
    func encode(_ value: UInt8) { encoder.part = .unsigned(UInt64(value)) }
    func encode(_ value: UInt16) { encoder.part = .unsigned(UInt64(value)) }
    func encode(_ value: UInt32) { encoder.part = .unsigned(UInt64(value)) }
    func encode(_ value: UInt64) { encoder.part = .unsigned(value) }
    func encode(_ value: some Encodable) throws { encoder.part = try PartEncoder.part(of: value) }
}
