/// The members of an object by their names, which are compared by code points.
package struct JSONObject: Sendable, Equatable {
    private var storage: [ExactString: JSONValue]

    private init(storage: [ExactString: JSONValue]) {
        self.storage = storage
    }

    package init(_ members: [String: JSONValue]) {
        self.init(storage: Dictionary(uniqueKeysWithValues: members.map { (ExactString($0.key), $0.value) }))
    }

    package subscript(name: String) -> JSONValue? {
        get { storage[ExactString(name)] }
        set { storage[ExactString(name)] = newValue }
    }

    package var isEmpty: Bool { storage.isEmpty }
    package var count: Int { storage.count }
    package var keys: [String] { storage.keys.map(\.text) }
    package var values: some Collection<JSONValue> { storage.values }

    /// In the order of the names' code points.
    var sorted: [(key: ExactString, value: JSONValue)] { storage.sorted { $0.key < $1.key } }

    package func mapValues(_ change: (JSONValue) throws -> JSONValue) rethrows -> JSONObject {
        JSONObject(storage: try storage.mapValues(change))
    }

    package func merging(
        _ other: JSONObject,
        uniquingKeysWith combine: (JSONValue, JSONValue) throws -> JSONValue
    ) rethrows -> JSONObject {
        JSONObject(storage: try storage.merging(other.storage, uniquingKeysWith: combine))
    }
}

/// Of members with the same name the last one counts, as in JavaScript.
extension JSONObject: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral members: (String, JSONValue)...) {
        self.init(storage: [:])
        for (name, value) in members { self[name] = value }
    }
}

/// In no particular order.
extension JSONObject: Sequence {
    package struct Iterator: IteratorProtocol {
        fileprivate var members: Dictionary<ExactString, JSONValue>.Iterator

        package mutating func next() -> (key: String, value: JSONValue)? {
            members.next().map { ($0.key.text, $0.value) }
        }
    }

    package func makeIterator() -> Iterator {
        Iterator(members: storage.makeIterator())
    }

    package var underestimatedCount: Int { storage.count }
}
