/// The id of a row. `Message.ID` and `Agent.ID` are two types: one is not taken for the other.
///
/// On the wire and in the index it is its text. Those of ours are UUIDs (see `OrderedUUID`), so that their order is the
/// order of making; a client may send any text, which then names nothing.
package struct Identifier<Entity>: RawRepresentable, Sendable, Hashable {
    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// A new id; 62 of its bits are random.
    package static func make() -> Self {
        Self(rawValue: OrderedUUID.make())
    }

    /// Whether it has the form of an id of ours; says nothing about a row of that name.
    package var isValid: Bool { OrderedUUID.isValid(rawValue) }

    /// Greater than every id: where a newest-first page without a cursor starts.
    static var afterAll: Self { Self(rawValue: "~") }
}

extension Identifier: Comparable {
    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension Identifier: CustomStringConvertible {
    package var description: String { rawValue }
}

extension Identifier: Storable {}
