/// Where the lines of a text are: how many end before each of its blocks. So a line is found by a search in memory and
/// one look at its block.
///
/// Lines are counted from 1. What follows the last line end is a line too, unless it is empty.
package struct LineIndex: Sendable, Equatable {
    /// Texts that have more than so many blocks of the usual size have larger ones. So no index is over 512 KiB.
    static let mostBlocks = 65_536
    static let usualBlock = 65_536

    /// Of the text, in bytes.
    package let size: Int
    package let coding: LineCoding
    /// How many lines end before each block, and at last in the whole text.
    let endsBefore: [UInt64]
    package let lineCount: Int
    /// What its lines tell; nil while nobody has looked.
    package var tally: LineTally?

    let blockBytes: Int

    init(size: Int, coding: LineCoding, endsBefore: [UInt64], lineCount: Int, tally: LineTally? = nil) {
        (self.size, self.tally) = (size, tally)
        self.coding = coding
        self.endsBefore = endsBefore
        self.lineCount = lineCount
        blockBytes = Self.blockBytes(ofSize: size)
    }

    /// The least power of two with which there are not too many blocks.
    static func blockBytes(ofSize size: Int) -> Int {
        var bytes = usualBlock
        while size > bytes * mostBlocks { bytes *= 2 }
        return bytes
    }

    static func blockCount(ofSize size: Int) -> Int {
        let bytes = blockBytes(ofSize: size)
        return (size + bytes - 1) / bytes
    }

    /// Whether a line end follows the last line.
    var isLastLineEnded: Bool { endsBefore.last.map { Int($0) } == lineCount }

    /// From where to look for a line: the offset of the block in which the line before it ends, and how many lines end
    /// from there until it begins.
    ///
    /// - Parameter number: from 1 to ``lineCount``.
    func place(ofLine number: Int) -> (offset: Int, ends: Int) {
        let ends = UInt64(number - 1)
        // The first block before which that many lines have ended, and then the one before it.
        var (low, high) = (0, endsBefore.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if endsBefore[middle] < ends { low = middle + 1 } else { high = middle }
        }
        let block = max(low - 1, 0)
        return (block * blockBytes, Int(ends - endsBefore[block]))
    }
}
