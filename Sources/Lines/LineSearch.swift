import Glibc

/// The lines in which a pattern is.
package struct LineHits: Sendable, Equatable {
    /// Their numbers.
    package var numbers: [Int] = []
    /// The first line that was not looked at; nil when all were.
    package var next: Int?
    /// Whether the time was over.
    package var isOutOfTime = false
}

extension LineText {
    /// In a line longer than what is read at a time, the pieces that are looked at overlap by so many bytes.
    private static let overlap = 4096

    /// Finds lines from one on.
    ///
    /// A line that is longer than 64 KiB is looked at in pieces that overlap by 4 KiB: `^` and `$` also match where
    /// they meet, and a longer match may be missed there.
    ///
    /// - Parameters:
    ///   - stopsWithinLines: whether `isOver` is asked within a long line too. Who goes on at `next` would not get on.
    ///   - isOver: whether the time is over; asked between pieces.
    package func hits(
        of pattern: LinePattern,
        from first: Int,
        limit: Int,
        by index: LineIndex,
        stopsWithinLines: Bool = false,
        until isOver: () -> Bool
    ) throws -> LineHits {
        var hits = LineHits()
        guard first <= index.lineCount else { return hits }
        var (number, at, isWithinLine) = (first, try offset(ofLine: first, by: index), false)
        while at < size {
            if stopsWithinLines || !isWithinLine, isOver() {
                (hits.next, hits.isOutOfTime) = (number, true)
                break
            }
            let block = try wholeLines(from: at)
            let found = search(block, for: pattern, limit: limit - hits.numbers.count).map { number + $0 }
            hits.numbers += found
            if hits.numbers.count == limit, let last = found.last {
                hits.next = last < index.lineCount ? last + 1 : nil
                break
            }
            number += coding.countEnds(block)
            at += block.count
            isWithinLine = at < size && coding.lastEnd(in: block) != block.count - coding.unit
            guard isWithinLine else { continue }
            if found.last == number {
                // The rest of a long line need not be looked at.
                number += 1
                guard number <= index.lineCount else { break }
                (at, isWithinLine) = (try offset(ofLine: number, by: index), false)
            } else {
                at -= Self.overlap
            }
        }
        return hits
    }

    /// As many whole lines as are read at a time; of a longer line a piece.
    private func wholeLines(from offset: Int) throws -> UnsafeRawBufferPointer {
        let bytes = try freshBytes(from: offset)
        guard offset + bytes.count < size, let end = coding.lastEnd(in: bytes) else { return bytes }
        return UnsafeRawBufferPointer(rebasing: bytes.prefix(end + coding.unit))
    }

    private func search(_ block: UnsafeRawBufferPointer, for pattern: LinePattern, limit: Int) -> [Int] {
        guard isUTF8 else {
            let text = Array(decode(Array(block)).utf8).withUnsafeBytes(Self.withoutReturns)
            return text.withUnsafeBytes { pattern.lines(in: $0, limit: limit) }
        }
        guard pattern.knowsEnds, Self.firstReturn(in: block) != nil else {
            return pattern.lines(in: block, limit: limit)
        }
        return Self.withoutReturns(block).withUnsafeBytes { pattern.lines(in: $0, limit: limit) }
    }

    private static func firstReturn(in bytes: UnsafeRawBufferPointer) -> Int? {
        guard let base = bytes.baseAddress else { return nil }
        return memchr(base, 0x0D, bytes.count).map { UnsafeRawPointer($0) - base }
    }

    /// Without each CR before LF, which is part of the line end.
    private static func withoutReturns(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var (kept, rest) = ([UInt8](), bytes)
        kept.reserveCapacity(bytes.count)
        while let place = firstReturn(in: rest) {
            let isPartOfEnd = place + 1 < rest.count && rest[place + 1] == 0x0A
            kept += rest[..<(isPartOfEnd ? place : place + 1)]
            rest = UnsafeRawBufferPointer(rebasing: rest[(place + 1)...])
        }
        return kept + rest
    }

    /// Lines with those around them, until an answer is full.
    ///
    /// - Parameters:
    ///   - numbers: in ascending order.
    ///   - context: how many lines before and behind each.
    /// - Returns: also the first of the lines that there was no room for.
    package func lines(
        _ numbers: [Int],
        context: Int,
        by index: LineIndex
    ) throws -> (page: LinePage, left: Int?) {
        var (page, next) = (LinePage(), 1)
        for (place, number) in numbers.enumerated() {
            // What is behind a line ends where the next one and what is before that begin.
            let end = place + 1 < numbers.count ? numbers[place + 1] - context : index.lineCount + 1
            let behind = min(number + context, max(end - 1, number), index.lineCount)
            try add(max(number - context, next)..<(number + 1), by: index, to: &page)
            if page.isFull { return (page, number) }
            try add((number + 1)..<(behind + 1), by: index, to: &page)
            next = behind + 1
            if page.isFull { return (page, place + 1 < numbers.count ? numbers[place + 1] : nil) }
        }
        return (page, nil)
    }
}
