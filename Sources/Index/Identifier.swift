/// The id of a row. `Message.ID` and `Agent.ID` are different types, so one cannot be passed for the other.
///
/// On the wire and in the index an id is its text. Ours are UUIDs (see `OrderedUUID`), so sorting by id is sorting by
/// age. Only a channel may have another one, from the server it was imported from. A client may send any text; it then
/// names nothing.
package struct Identifier<Entity>: RawRepresentable, Sendable, Hashable {
    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// A new id; 62 of its bits are random.
    package static func make() -> Self {
        Self(rawValue: OrderedUUID.make())
    }

    /// Whether it has the form of our ids. That says nothing about whether such a row exists.
    package var isValid: Bool { OrderedUUID.isValid(rawValue) }

    /// Smaller than every id.
    static var beforeAll: Self { Self(rawValue: "") }

    /// Greater than every id, also than one that was imported: the cursor of the first page of a list that starts with
    /// the newest.
    static var afterAll: Self { Self(rawValue: "\u{10FFFF}") }
}

extension Identifier: Comparable {
    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension Identifier: CustomStringConvertible {
    package var description: String { rawValue }
}

extension Identifier: Storable {}
