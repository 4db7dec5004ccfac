import FoundationEssentials

/// A value as a column holds it. None of our columns holds REAL.
enum StoredValue: Equatable, Sendable {
    case null
    case integer(Int64)
    case text(String)
    case bytes(Data)
}

/// A type whose values can be in a column.
protocol Storable: Sendable {
    var stored: StoredValue { get }

    /// Nil when the column holds another kind of value.
    init?(stored: StoredValue)
}

/// The values for the `?` of a statement, in order.
typealias Arguments = [(any Storable)?]

extension String: Storable {
    var stored: StoredValue { .text(self) }

    init?(stored: StoredValue) {
        guard case .text(let text) = stored else { return nil }
        self = text
    }
}

/// Enumerations are stored by name.
extension Storable where Self: RawRepresentable, RawValue == String {
    var stored: StoredValue { .text(rawValue) }

    init?(stored: StoredValue) {
        guard case .text(let name) = stored else { return nil }
        self.init(rawValue: name)
    }
}

extension Storable where Self: FixedWidthInteger {
    var stored: StoredValue { .integer(Int64(self)) }

    init?(stored: StoredValue) {
        guard case .integer(let number) = stored else { return nil }
        self.init(exactly: number)
    }
}

extension Int: Storable {}
extension Int64: Storable {}
extension UInt32: Storable {}

extension Bool: Storable {
    var stored: StoredValue { .integer(self ? 1 : 0) }

    init?(stored: StoredValue) {
        guard case .integer(let number) = stored else { return nil }
        self = number != 0
    }
}

extension Data: Storable {
    var stored: StoredValue { .bytes(self) }

    init?(stored: StoredValue) {
        guard case .bytes(let bytes) = stored else { return nil }
        self = bytes
    }
}

extension Timestamp: Storable {
    var stored: StoredValue { .integer(milliseconds) }

    init?(stored: StoredValue) {
        guard case .integer(let milliseconds) = stored else { return nil }
        self.init(milliseconds: milliseconds)
    }
}
