import Glibc

/// A time of ISO 8601 in a line, with a blank or `T` before its hour: `2026-11-26T16:04:05.123Z`.
struct LineTime: Equatable {
    /// How far from its beginning a line is looked at, in bytes.
    private static let mostBytes = 400

    /// Since 1970, of a time without a zone as if it were UTC.
    let milliseconds: Int
    let hasZone: Bool

    /// The first in the line; nil when there is none.
    init?(_ text: String) {
        let bytes = Array(text.utf8.prefix(Self.mostBytes))
        guard bytes.count >= 19 else { return nil }
        let times = (0...bytes.count - 19).lazy.compactMap { LineTime(bytes[$0...]) }
        guard let time = times.first else { return nil }
        self = time
    }

    private init?(_ text: ArraySlice<UInt8>) {
        func number(_ offset: Int, _ count: Int) -> Int32? {
            let digits = text.dropFirst(offset).prefix(count)
            guard digits.count == count, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            return digits.reduce(0) { $0 * 10 + Int32($1 - 0x30) }
        }
        func has(_ characters: String, _ offset: Int) -> Bool {
            text.dropFirst(offset).first.map { characters.utf8.contains($0) } == true
        }
        guard has("-", 4), has("-", 7), has("T ", 10), has(":", 13), has(":", 16), let year = number(0, 4),
            let month = number(5, 2), let day = number(8, 2), let hour = number(11, 2), let minute = number(14, 2),
            let second = number(17, 2), (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60,
            second < 61
        else { return nil }
        var parts = tm()
        (parts.tm_year, parts.tm_mon, parts.tm_mday) = (year - 1900, month - 1, day)
        (parts.tm_hour, parts.tm_min, parts.tm_sec) = (hour, minute, second)
        var (seconds, rest, fraction) = (timegm(&parts), text.dropFirst(19), 0)
        if has(".,", 19) {
            let digits = rest.dropFirst().prefix { (0x30...0x39).contains($0) }
            fraction = (0..<3).reduce(0) {
                $0 * 10 + ($1 < digits.count ? Int(digits[digits.startIndex + $1]) - 0x30 : 0)
            }
            rest = rest.dropFirst(1 + digits.count)
        }
        let sign = rest.first
        let digits = rest.dropFirst().filter { $0 != UInt8(ascii: ":") }.prefix(4)
        let isOffset = digits.count == 4 && digits.allSatisfy { (0x30...0x39).contains($0) }
        switch sign {
        case UInt8(ascii: "Z"): hasZone = true
        case UInt8(ascii: "+") where isOffset, UInt8(ascii: "-") where isOffset:
            let value = digits.map { Int($0) - 0x30 }
            let offset = (value[0] * 10 + value[1]) * 3600 + (value[2] * 10 + value[3]) * 60
            seconds -= sign == UInt8(ascii: "+") ? offset : -offset
            hasZone = true
        default: hasZone = false
        }
        milliseconds = seconds * 1000 + fraction
    }
}
