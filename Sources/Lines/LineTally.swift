/// What the lines of a log tell at a glance.
package struct LineTally: Sendable, Equatable {
    /// In how many lines there is one, by the usual markers.
    package var errors = 0
    package var warnings = 0
    package var groups = 0
    /// The number of the first line with an error; nil when there is none.
    package var firstError: Int?
    /// From the time of the first lines to that of the last; nil when they have none.
    package var milliseconds: Int?
}

extension LineText {
    /// How many lines at each end are looked at for their times.
    private static let timedLines = 20

    /// Looks through the text.
    ///
    /// - Parameter isOver: whether the time is over; asked every 64 KiB.
    /// - Returns: nil when the time was over before the end.
    package func tally(by index: LineIndex, until isOver: () -> Bool) throws -> LineTally? {
        var tally = LineTally()
        guard let errors = try count(LineMarkers.errors, by: index, until: isOver),
            let warnings = try count(LineMarkers.warnings, by: index, until: isOver),
            let groups = try count(LineMarkers.groups, by: index, until: isOver)
        else { return nil }
        (tally.errors, tally.firstError) = errors
        (tally.warnings, tally.groups) = (warnings.count, groups.count)
        tally.milliseconds = try span(by: index)
        return tally
    }

    private func count(
        _ markers: String,
        by index: LineIndex,
        until isOver: () -> Bool
    ) throws -> (count: Int, first: Int?)? {
        let pattern = try LinePattern(markers, isRegex: true, ignoresCase: false)
        var (count, first, next) = (0, Int?.none, Int?(1))
        while let from = next {
            let hits = try hits(
                of: pattern,
                from: from,
                limit: 10_000,
                by: index,
                stopsWithinLines: true,
                until: isOver
            )
            if hits.isOutOfTime { return nil }
            count += hits.numbers.count
            first = first ?? hits.numbers.first
            next = hits.next
        }
        return (count, first)
    }

    private func span(by index: LineIndex) throws -> Int? {
        let begin = try lines(from: 1, count: Self.timedLines, by: index).lines
        let end = try lastLines(Self.timedLines, lineCount: index.lineCount).lines
        guard let first = begin.lazy.compactMap({ LineTime($0.text) }).first,
            let last = end.lazy.reversed().compactMap({ LineTime($0.text) }).first, first.hasZone == last.hasZone,
            last.milliseconds > first.milliseconds
        else { return nil }
        return last.milliseconds - first.milliseconds
    }
}
