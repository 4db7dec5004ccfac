import Glibc

/// A point in time as HTTP writes it, in whole seconds since 1970 (RFC 9110 section 5.6.7).
package struct HTTPDate: Equatable, Comparable, Sendable {
    package let seconds: Int

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    package init(seconds: Int) {
        self.seconds = seconds
    }

    /// Reads the preferred format and the two obsolete ones that a recipient must still accept: `Sun, 06 Nov 1994
    /// 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT`, `Sun Nov  6 08:49:37 1994`.
    ///
    /// Nil for anything else. The day of the week is not checked.
    package init?(_ text: String) {
        let words = text.split { " ,-:".contains($0) }.dropFirst().map(String.init)
        // Where day, month, year, hour, minute and second are. The third format has no `GMT`, and the year comes last.
        let order = words.last == "GMT" ? [0, 1, 2, 3, 4, 5] : [1, 0, 5, 2, 3, 4]
        guard words.count == (words.last == "GMT" ? 7 : 6), let month = Self.months.firstIndex(of: words[order[1]]),
            let day = Self.number(words[order[0]], in: 1...31), var year = Self.number(words[order[2]], in: 0...9999),
            let hour = Self.number(words[order[3]], in: 0...23), let minute = Self.number(words[order[4]], in: 0...59),
            let second = Self.number(words[order[5]], in: 0...60)
        else { return nil }
        if words[order[2]].count == 2 { year += year < 70 ? 2000 : 1900 }
        var fields = tm()
        (fields.tm_year, fields.tm_mon, fields.tm_mday) = (Int32(year - 1900), Int32(month), Int32(day))
        (fields.tm_hour, fields.tm_min, fields.tm_sec) = (Int32(hour), Int32(minute), Int32(second))
        seconds = timegm(&fields)
    }

    /// In the preferred format. The process never leaves the C locale, so the C library writes English names.
    package var text: String {
        var (time, fields) = (time_t(seconds), tm())
        gmtime_r(&time, &fields)
        return String(unsafeUninitializedCapacity: 32) { buffer in
            buffer.withMemoryRebound(to: CChar.self) {
                strftime($0.baseAddress, $0.count, "%a, %d %b %Y %H:%M:%S GMT", &fields)
            }
        }
    }

    package static func < (left: HTTPDate, right: HTTPDate) -> Bool { left.seconds < right.seconds }

    private static func number(_ text: String, in range: ClosedRange<Int>) -> Int? {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text) else { return nil }
        return range.contains(number) ? number : nil
    }
}
