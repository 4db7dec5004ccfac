import Lines

/// Lines of a text (`Lines` in docs/api.md).
package struct LinesJSON: Encodable, Sendable {
    /// Why there is less than was asked for.
    package enum Stop: String, Encodable, Sendable {
        case bytes, time
    }

    struct Shown: Encodable, Sendable {
        let number: Int?
        /// In bytes.
        let offset: Int
        let text: String
        /// How many bytes the whole line has, when `text` is its beginning only.
        let cut: Int?
        /// In a search: whether this line was found, or stands beside one.
        let hit: Bool?
    }

    let lines: [Shown]
    /// The `from` with which to go on.
    @OrNull package var next: Int?
    @OrNull package var stopped: Stop?
    let total: Int

    /// - Parameter found: the numbers of the lines that a search found; nil when nobody searched.
    package init(_ page: LinePage, found: [Int]? = nil, total: Int, next: Int?, stopped: Stop?) {
        let found = found.map(Set.init)
        lines = page.lines.map { line in
            Shown(
                number: line.number,
                offset: line.offset,
                text: line.text,
                cut: line.isCut ? line.length : nil,
                hit: found.flatMap { found in line.number.map(found.contains) }
            )
        }
        self.total = total
        self.next = next
        self.stopped = stopped
    }
}
