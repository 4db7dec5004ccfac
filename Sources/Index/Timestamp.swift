import Glibc

/// A moment in UTC, to the millisecond. It is stored as an integer and written as `2026-11-23T22:14:01.123Z`.
///
/// The text form covers the years 0000 to 9999. A moment outside is written as the nearest one inside.
package struct Timestamp: Hashable, Comparable, Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z, not counting leap seconds.
    package let milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// The time of the system clock.
    package static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// Later than every time that is stored.
    static let distantFuture = Timestamp(milliseconds: .max)

    /// How much later `other` is; negative when it is earlier.
    func duration(to other: Timestamp) -> Duration {
        .milliseconds(other.milliseconds) - .milliseconds(milliseconds)
    }

    /// The moment `duration` later, or earlier if that is negative, truncated to milliseconds. It stops at the ends of
    /// `Int64`.
    package static func + (start: Timestamp, duration: Duration) -> Timestamp {
        let (seconds, attoseconds) = duration.components
        let end: Int64 = duration < .zero ? .min : .max
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000)
        guard !overflow else { return Timestamp(milliseconds: end) }
        let (sum, tooFar) = start.milliseconds.addingReportingOverflow(whole + attoseconds / 1_000_000_000_000_000)
        return Timestamp(milliseconds: tooFar ? end : sum)
    }
}

// MARK: - ISO 8601

extension Timestamp: CustomStringConvertible {
    private static let textRange: ClosedRange<Int64> = -62_167_219_200_000...253_402_300_799_999
    private static let millisecondsPerDay: Int64 = 86_400_000

    /// The moment in ISO 8601, always 24 characters.
    package var description: String {
        let clamped = min(max(milliseconds, Self.textRange.lowerBound), Self.textRange.upperBound)
        let (day, time) = clamped.flooredDivision(by: Self.millisecondsPerDay)
        let date = CivilDate(daysSinceEpoch: day)
        return String(unsafeUninitializedCapacity: 24) { text in
            text.write(date.year, digits: 4, at: 0, then: "-")
            text.write(date.month, digits: 2, at: 5, then: "-")
            text.write(date.day, digits: 2, at: 8, then: "T")
            text.write(time / 3_600_000, digits: 2, at: 11, then: ":")
            text.write(time / 60_000 % 60, digits: 2, at: 14, then: ":")
            text.write(time / 1_000 % 60, digits: 2, at: 17, then: ".")
            text.write(time % 1_000, digits: 3, at: 20, then: "Z")
            return 24
        }
    }

    /// Reads exactly the form that `description` writes. Nil for any other text, and for a date that does not exist.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        let separators = [(4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":"), (19, "."), (23, "Z")]
        guard bytes.count == 24, separators.allSatisfy({ bytes[$0] == $1.utf8.first }) else { return nil }
        let ranges = [0..<4, 5..<7, 8..<10, 11..<13, 14..<16, 17..<19, 20..<23]
        let fields = ranges.compactMap { Self.number(bytes[$0]) }
        guard fields.count == ranges.count else { return nil }
        let date = CivilDate(year: fields[0], month: fields[1], day: fields[2])
        let time = ((fields[3] * 60 + fields[4]) * 60 + fields[5]) * 1_000 + fields[6]
        self.init(milliseconds: date.daysSinceEpoch * Self.millisecondsPerDay + time)
        // Month 13 or 30 February would come out as another day.
        guard description == text else { return nil }
    }

    /// Reads a date-time of RFC 3339 section 5.6, as other programs write it: with any zone, and with any fraction of a
    /// second, of which milliseconds are kept. Nil for any other text, such as one without a zone, and for a date that
    /// does not exist.
    package init?(rfc3339 text: String) {
        let form =
            /(?<date>\d{4}-\d\d-\d\d)[Tt](?<time>\d\d:\d\d:\d\d)(?:\.(?<fraction>\d{1,9}))?(?<zone>[Zz]|[+-]\d\d:\d\d)/
        guard let match = text.wholeMatch(of: form.asciiOnlyDigits()) else { return nil }
        let milliseconds = ((match.fraction ?? "") + "000").prefix(3)
        guard let local = Timestamp("\(match.date)T\(match.time).\(milliseconds)Z") else { return nil }
        var offset: Int64 = 0
        if let hours = Int64(match.zone.dropFirst().prefix(2)), let minutes = Int64(match.zone.suffix(2)) {
            guard hours < 24, minutes < 60 else { return nil }
            offset = (hours * 60 + minutes) * (match.zone.first == "-" ? -60_000 : 60_000)
        }
        self.init(milliseconds: local.milliseconds - offset)
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
        digits.reduce(Int64?.some(0)) { value, digit in
            guard let value, (48...57).contains(digit) else { return nil }
            return value * 10 + Int64(digit - 48)
        }
    }
}

extension UnsafeMutableBufferPointer<UInt8> {
    /// Writes `value` in decimal with leading zeros, then the separator.
    fileprivate func write(_ value: Int64, digits: Int, at start: Int, then separator: Unicode.Scalar) {
        var rest = value
        for position in stride(from: start + digits - 1, through: start, by: -1) {
            self[position] = UInt8(48 + rest % 10)
            rest /= 10
        }
        self[start + digits] = UInt8(ascii: separator)
    }
}
