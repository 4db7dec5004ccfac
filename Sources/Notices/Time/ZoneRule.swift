import Index

/// The rule for a zone's future, as POSIX writes it: `CET-1CEST,M3.5.0,M10.5.0/3`.
struct ZoneRule: Sendable {
    /// The day and time of the year at which the clock is set, by the clock that goes until then.
    private struct Switch {
        let month: Int64
        /// 5 is the last.
        let week: Int64
        /// 0 is Sunday.
        let weekday: Int64
        let seconds: Int64
    }

    private let standard: Int64
    private let summer: (offset: Int64, begins: Switch, ends: Switch)?

    /// Nil for any other text. Days counted from the beginning of the year, which no zone has today, are not read.
    init?(_ text: String) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        let name = /(?:<[^>]+>|[A-Za-z]+)/
        guard let first = parts.first, let match = first.prefixMatch(of: name) else { return nil }
        let rest = first[match.range.upperBound...]
        let offset = rest.prefix { !$0.isLetter && $0 != "<" }
        guard let west = Self.seconds(offset) else { return nil }
        standard = -west
        guard parts.count == 3 else {
            guard parts.count == 1, offset.endIndex == rest.endIndex else { return nil }
            summer = nil
            return
        }
        guard let begins = Self.change(parts[1]), let ends = Self.change(parts[2]),
            let second = rest[offset.endIndex...].prefixMatch(of: name)
        else { return nil }
        let other = rest[second.range.upperBound...]
        guard other.isEmpty || Self.seconds(other) != nil else { return nil }
        summer = (Self.seconds(other).map { -$0 } ?? standard + 3600, begins, ends)
    }

    /// Seconds east of UTC.
    func offset(at seconds: Int64) -> Int64 {
        guard let summer else { return standard }
        let days = (seconds + standard).quotientAndRemainder(dividingBy: 86_400)
        let year = CivilDate(daysSinceEpoch: days.remainder < 0 ? days.quotient - 1 : days.quotient).year
        let begin = Self.moment(summer.begins, year) - standard
        let end = Self.moment(summer.ends, year) - summer.offset
        // In the south, summer goes over the end of the year.
        let isSummer = begin < end ? (begin..<end).contains(seconds) : !(end..<begin).contains(seconds)
        return isSummer ? summer.offset : standard
    }

    private static func moment(_ change: Switch, _ year: Int64) -> Int64 {
        let first = CivilDate(year: year, month: change.month, day: 1).daysSinceEpoch
        let next = CivilDate(year: year, month: change.month + 1, day: 1).daysSinceEpoch
        // 1 January 1970 was a Thursday.
        let weekday = ((first + 4) % 7 + 7) % 7
        var day = first + (change.weekday - weekday + 7) % 7 + (change.week - 1) * 7
        while day >= next { day -= 7 }
        return day * 86_400 + change.seconds
    }

    private static func change(_ text: Substring) -> Switch? {
        guard let match = text.wholeMatch(of: /M(\d{1,2})\.([1-5])\.([0-6])(?:\/(.+))?/),
            let month = Int64(match.1), (1...12).contains(month), let week = Int64(match.2), let day = Int64(match.3),
            let seconds = match.4.map({ Self.seconds($0) }) ?? 2 * 3600
        else { return nil }
        return Switch(month: month, week: week, weekday: day, seconds: seconds)
    }

    /// Reads `[+-]hh[:mm[:ss]]`.
    private static func seconds(_ text: Substring) -> Int64? {
        guard let match = text.wholeMatch(of: /([+-]?)(\d{1,3})(?::(\d\d))?(?::(\d\d))?/) else { return nil }
        let parts = [match.2, match.3 ?? "0", match.4 ?? "0"].compactMap { Int64($0) }
        return (parts[0] * 3600 + parts[1] * 60 + parts[2]) * (match.1 == "-" ? -1 : 1)
    }
}
