/// A text of which some lines are to be seen. It holds 64 KiB of it, whatever its size.
///
/// For one task. What reading throws is passed on.
package final class LineText {
    package typealias Read = (_ offset: Int, _ buffer: UnsafeMutableRawBufferPointer) throws -> Void

    /// How many bytes are read at a time.
    package static let pieceBytes = 65_536

    package let size: Int
    package let coding: LineCoding
    /// Whether the bytes may be searched as they are.
    let isUTF8: Bool
    let decode: ([UInt8]) -> String
    private let read: Read
    private let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: pieceBytes, alignment: 64)
    /// Which bytes of the text are in `piece`.
    private var held = 0..<0

    /// - Parameters:
    ///   - decode: makes text of a line or of several.
    ///   - read: fills a buffer with the bytes from an offset on, which are there.
    package init(size: Int, charset: String?, decode: @escaping ([UInt8]) -> String, read: @escaping Read) {
        self.size = size
        coding = LineCoding(charset: charset)
        isUTF8 = charset == nil || charset == "utf-8"
        self.decode = decode
        self.read = read
    }

    deinit { piece.deallocate() }

    /// The bytes from an offset on: some at least, unless it is the end. Valid until the next call.
    func bytes(from offset: Int) throws -> UnsafeRawBufferPointer {
        held.contains(offset) ? heldBytes(from: offset) : try freshBytes(from: offset)
    }

    /// The same, and as many as are read at a time.
    func freshBytes(from offset: Int) throws -> UnsafeRawBufferPointer {
        if held.lowerBound != offset || held.isEmpty {
            let end = min(offset + Self.pieceBytes, size)
            held = 0..<0
            try read(offset, UnsafeMutableRawBufferPointer(rebasing: piece[..<(end - offset)]))
            held = offset..<end
        }
        return heldBytes(from: offset)
    }

    private func heldBytes(from offset: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: piece[(offset - held.lowerBound)..<held.count])
    }

    /// Goes on with a count to the end of the text.
    package func finish(_ count: inout LineCount) throws {
        while count.offset < size { count.add(try freshBytes(from: count.offset)) }
    }

    // MARK: Places

    /// Where a line begins.
    ///
    /// - Parameter number: from 1 to the number of lines.
    func offset(ofLine number: Int, by index: LineIndex) throws -> Int {
        var (offset, ends) = index.place(ofLine: number)
        while ends > 0 {
            offset = try end(from: offset) + coding.unit
            ends -= 1
        }
        return offset
    }

    /// Where the next line end begins; the size of the text when there is none.
    private func end(from offset: Int) throws -> Int {
        var at = offset
        while at < size {
            let bytes = try bytes(from: at)
            if let end = coding.firstEnd(in: bytes) { return at + end }
            at += bytes.count
        }
        return size
    }

    /// The same for a line whose number is known: without looking through it, however long it is.
    private func end(ofLine number: Int, by index: LineIndex) throws -> Int {
        if number < index.lineCount { return try offset(ofLine: number + 1, by: index) - coding.unit }
        return index.isLastLineEnded ? size - coding.unit : size
    }

    // MARK: Lines

    /// Lines one after another, up to the end of the text or until an answer is full.
    ///
    /// - Parameter first: from 1 on; behind the last line there are none.
    package func lines(from first: Int, count: Int, by index: LineIndex) throws -> LinePage {
        var page = LinePage()
        try add(first..<(first + min(count, max(index.lineCount - first + 1, 0))), by: index, to: &page)
        return page
    }

    func add(_ numbers: Range<Int>, by index: LineIndex, to page: inout LinePage) throws {
        guard let first = numbers.first else { return }
        var offset = try offset(ofLine: first, by: index)
        for number in numbers where !page.isFull {
            let (line, end) = try line(number, at: offset, by: index)
            page.add(line)
            offset = end + coding.unit
        }
    }

    /// The last lines, read from the end backwards. It is empty, and full, when the last line alone is longer than an
    /// answer may be: then the text must be looked at by an index.
    ///
    /// - Parameter lineCount: of the text; without it the lines have no numbers.
    package func lastLines(_ count: Int, lineCount: Int?) throws -> LinePage {
        let starts = try lastStarts(count)
        var page = LinePage()
        for (place, offset) in starts.enumerated() {
            page.add(try line(lineCount.map { $0 - starts.count + 1 + place }, at: offset, by: nil).line)
        }
        if starts.count < count, starts.first != 0, size > 0 { page.isFull = true }
        return page
    }

    /// Where the last lines begin, as far as they are within the bytes that an answer shows.
    private func lastStarts(_ count: Int) throws -> [Int] {
        let floor = max((size - LinePage.mostBytes) & ~1, 0)
        var (starts, at) = ([Int](), size & ~(coding.unit - 1))
        // The end of the last line begins none.
        if at == size, at > 0, coding.lastEnd(in: try bytes(from: at - coding.unit)) == 0 { at -= coding.unit }
        while at > floor, starts.count < count {
            // Rounded up: a piece that begins before that would end before `at`.
            let start = max((at - Self.pieceBytes + 1) & ~1, floor)
            var piece = UnsafeRawBufferPointer(rebasing: try freshBytes(from: start).prefix(at - start))
            while starts.count < count, let end = coding.lastEnd(in: piece) {
                starts.append(start + end + coding.unit)
                piece = UnsafeRawBufferPointer(rebasing: piece.prefix(end))
            }
            at = start
        }
        if floor == 0, starts.count < count, size > 0 { starts.append(0) }
        return starts.reversed()
    }

    /// A line that begins at an offset, and where it ends.
    private func line(_ number: Int?, at offset: Int, by index: LineIndex?) throws -> (line: Line, end: Int) {
        var (kept, at, end) = ([UInt8](), offset, Int?.none)
        // A unit more than is shown: it may be a CR that does not count.
        while at < size, end == nil, kept.count <= Line.mostBytes + coding.unit {
            let bytes = try bytes(from: at)
            end = coding.firstEnd(in: bytes).map { at + $0 }
            let part = bytes.prefix((end ?? size) - at)
            kept += part
            at += part.count
        }
        let lineEnd = try end ?? (at == size ? size : whole(number, from: at, by: index))
        let length = lineEnd - offset - (try hasReturn(offset..<lineEnd) ? coding.unit : 0)
        let shown = length <= Line.mostBytes ? length : coding.wholePrefix(of: kept, limit: Line.mostBytes)
        let text = decode(Array(kept.prefix(shown)))
        return (Line(number: number, offset: offset, length: length, text: text, shownBytes: shown), lineEnd)
    }

    private func whole(_ number: Int?, from offset: Int, by index: LineIndex?) throws -> Int {
        if let number, let index { return try end(ofLine: number, by: index) }
        return try end(from: offset)
    }

    /// Whether a CR stands before the line end.
    private func hasReturn(_ line: Range<Int>) throws -> Bool {
        guard line.upperBound < size, line.count >= coding.unit else { return false }
        let last = try bytes(from: line.upperBound - coding.unit)
        return coding.endsInReturn(UnsafeRawBufferPointer(rebasing: last.prefix(coding.unit)))
    }
}
