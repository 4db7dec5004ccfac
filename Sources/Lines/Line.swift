/// A line of a text, as it is shown.
package struct Line: Sendable, Equatable {
    /// How many bytes of a line are shown. So an answer has room for a line that was found, and for what is around it.
    package static let mostBytes = 32_768

    /// Counted from 1; nil where nobody counted.
    package let number: Int?
    /// Where it begins in the text, in bytes.
    package let offset: Int
    /// Without its end, in bytes.
    package let length: Int
    /// The line, or its beginning.
    package let text: String
    /// How many bytes `text` comes from.
    package let shownBytes: Int

    package var isCut: Bool { shownBytes < length }
}

/// Lines for one answer.
package struct LinePage: Sendable, Equatable {
    /// How many bytes of lines an answer shows.
    package static let mostBytes = 1 << 20

    package private(set) var lines: [Line] = []
    /// Whether there was no room for a line that was asked for.
    package internal(set) var isFull = false
    private var bytes = 0

    package init() {}

    /// Adds a line if there is room for it; the first always has.
    mutating func add(_ line: Line) {
        bytes += line.shownBytes
        if isFull || bytes > Self.mostBytes && !lines.isEmpty { isFull = true } else { lines.append(line) }
    }
}
