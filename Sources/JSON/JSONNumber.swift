/// A number that is no 64-bit integer, or not written as one: as it is written, so that no digit is lost.
///
/// Equal are only numbers that are written alike; see ``JSONValue/hasValue(of:)``.
package struct JSONNumber: Sendable, Equatable {
    package let literal: String

    /// - Parameter literal: a number of JSON (RFC 8259 section 6).
    init(literal: String) {
        self.literal = literal
    }

    /// The nearest number of 64 bits; nil when it is too large for one.
    package var double: Double? { Double(literal).flatMap { $0.isFinite ? $0 : nil } }
}

extension JSONValue {
    /// Whether both have the same value: numbers however they are written (1, 1.0 and 1e0 are one number), everything
    /// else exactly.
    package func hasValue(of other: JSONValue) -> Bool {
        if self == other { return true }
        guard let own = decimal, let other = other.decimal else { return false }
        return own == other
    }

    private var decimal: Decimal? {
        switch self {
        case .integer(let integer): Decimal("\(integer)")
        case .number(let number): Decimal(number.literal)
        default: nil
        }
    }
}

/// A number in the one form that all its spellings have in common.
private struct Decimal: Equatable {
    private var isNegative = false
    /// Without zeros at either end; none for zero.
    private var digits: [UInt8]
    private var exponent: Int

    /// Nil for an exponent past 32 bits.
    init?(_ literal: String) {
        var rest = literal.utf8[...]
        isNegative = rest.first == UInt8(ascii: "-")
        if isNegative { rest.removeFirst() }
        let mantissa = rest.prefix { $0 | 0x20 != UInt8(ascii: "e") }
        let written = rest.dropFirst(mantissa.count + 1)
        guard let power = written.isEmpty ? 0 : Int32(String(decoding: written, as: UTF8.self)) else { return nil }
        let parts = mantissa.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let zero = UInt8(ascii: "0")
        let all = parts.joined().drop { $0 == zero }
        digits = Array(all)
        exponent = Int(power) - (parts.count > 1 ? parts[1].count : 0)
        while digits.last == zero {
            digits.removeLast()
            exponent += 1
        }
        if digits.isEmpty { (isNegative, exponent) = (false, 0) }
    }
}
