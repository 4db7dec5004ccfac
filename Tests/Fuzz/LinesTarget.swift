@testable import Lines

//     byte 0     charset (low two bits), how often the rest is repeated (next two), a pattern (the rest)
//     byte 1     which lines are asked for
//     the rest   a text
func fuzzLines(_ bytes: [UInt8]) throws {
    var input = Input(bytes)
    let (head, place) = (input.byte(), Int(input.byte()))
    let charset = [nil, "utf-8", "utf-16le", "utf-16be"][Int(head & 3)]
    // Blocks have 64 KiB, so some texts must be longer.
    let times = [1, 1, 2, 70_000 / max(input.rest.count, 1) + 2][Int(head >> 2 & 3)]
    let content = Array(repeatElement(input.rest, count: input.rest.isEmpty ? 1 : min(times, 2000)).joined())
    let watched = Watched(content, charset)
    try checkLines(watched, from: 1 + place % (watched.lines.count + 2))
    try checkFile(watched.index, content, place)
    if watched.unit == 1 { try checkSearch(watched, ["e", "\\", "a.", "\u{1B}["][Int(head >> 4 & 3)]) }
    // Compiling the markers takes longer than all the rest.
    if place & 7 == 0 { _ = try watched.text.tally(by: watched.index) { false } }
    _ = try watched.text.tableShape { false }
}

/// A text, and where its lines are by a plain look at every unit.
private struct Watched {
    let content: [UInt8]
    let text: LineText
    let index: LineIndex
    let unit: Int
    /// Without their ends.
    var lines: [Range<Int>] = []

    init(_ content: [UInt8], _ charset: String?) {
        self.content = content
        text = LineText(size: content.count, charset: charset, decode: { String(decoding: $0, as: UTF8.self) }) {
            $1.copyBytes(from: content[$0..<($0 + $1.count)])
        }
        var count = LineCount(size: content.count, coding: text.coding)
        for start in stride(from: 0, to: content.count, by: 65_536) {
            content[start..<min(start + 65_536, content.count)].withUnsafeBytes { count.add($0) }
        }
        index = count.index
        let unit = text.coding == .bytes ? 1 : 2
        self.unit = unit
        let low = text.coding == .utf16be ? 1 : 0
        func has(_ byte: UInt8, at place: Int) -> Bool {
            place >= 0 && place + unit <= content.count && content[place + low] == byte
                && (unit == 1 || content[place + 1 - low] == 0)
        }
        var start = 0
        for place in stride(from: 0, to: content.count, by: unit) where has(0x0A, at: place) {
            lines.append(start..<(has(0x0D, at: place - unit) && place - unit >= start ? place - unit : place))
            start = place + unit
        }
        if start < content.count { lines.append(start..<content.count) }
    }
}

private func checkLines(_ watched: Watched, from first: Int) throws {
    try hold(watched.index.lineCount == watched.lines.count, "\(watched.index.lineCount) \(watched.lines.count)")
    let page = try watched.text.lines(from: first, count: 3, by: watched.index)
    try checkPage(page, watched)
    try hold(page.isFull || page.lines.map(\.number) == (first..<first + 3).filter { $0 <= watched.lines.count })
    let last = try watched.text.lastLines(first, lineCount: watched.index.lineCount)
    try checkPage(last, watched)
    try hold(last.isFull || last.lines.count == min(first, watched.lines.count), last.lines.count)
    try hold(last.isFull || last.lines.last?.number == (watched.lines.isEmpty ? nil : watched.lines.count))
}

private func checkPage(_ page: LinePage, _ watched: Watched) throws {
    for line in page.lines {
        let range = watched.lines[(line.number ?? 0) - 1]
        try hold(line.offset == range.lowerBound && line.length == range.count, "\(line) \(range)")
        let most = min(line.length, Line.mostBytes)
        try hold((line.isCut ? most - 4...most : most...most).contains(line.shownBytes), line)
        let shown = watched.content[line.offset..<line.offset + line.shownBytes]
        try hold(line.text == String(decoding: shown, as: UTF8.self))
    }
}

/// The lines in which a text is are those in which it is found.
private func checkSearch(_ watched: Watched, _ wanted: String) throws {
    let pattern = try LinePattern(wanted, isRegex: false, ignoresCase: false)
    let hits = try watched.text.hits(of: pattern, from: 1, limit: 1000, by: watched.index) { false }
    let bytes = Array(wanted.utf8)
    let found = watched.lines.indices.filter { watched.content[watched.lines[$0]].firstRange(of: bytes) != nil }
        .map { $0 + 1 }
    // Bytes that are no UTF-8 are in no text.
    guard String(validating: watched.content, as: UTF8.self) != nil else { return }
    try hold(hits.numbers == Array(found.prefix(1000)), "\(hits.numbers.prefix(5)) \(found.prefix(5))")
    try hold((hits.next == nil) == (found.count < 1000 || found[999] == watched.lines.count))
}

/// An index is read as it was written; one that was changed anywhere is none.
private func checkFile(_ index: LineIndex, _ content: [UInt8], _ place: Int) throws {
    let digest = [UInt8](repeating: 7, count: 32)
    var bytes = index.encoded(of: digest)
    try hold(LineIndex(bytes, of: digest, size: content.count) == index)
    try hold(bytes.count <= LineIndex.mostBytes)
    bytes[place % bytes.count] ^= 1
    try hold(LineIndex(bytes, of: digest, size: content.count) == nil)
}
