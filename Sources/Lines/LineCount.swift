/// The index of a text whose bytes come one after another. It may be left, and gone on with later.
package struct LineCount: Sendable {
    /// How many bytes were counted.
    package private(set) var offset = 0
    /// How many bytes the text has.
    package let size: Int
    package let coding: LineCoding
    private let blockBytes: Int
    private var endsBefore: [UInt64] = [0]
    /// In the block that is being counted.
    private var ends = 0
    private var endsInLineEnd = true

    package init(size: Int, coding: LineCoding) {
        self.size = size
        self.coding = coding
        blockBytes = LineIndex.blockBytes(ofSize: size)
        endsBefore.reserveCapacity(LineIndex.blockCount(ofSize: size) + 1)
    }

    /// Counts the next bytes: a multiple of 64 KiB, or all that are left.
    package mutating func add(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = rest.prefix(blockBytes - offset % blockBytes)
            ends += coding.countEnds(UnsafeRawBufferPointer(rebasing: part))
            offset += part.count
            rest = rest.dropFirst(part.count)
            if offset % blockBytes == 0 || offset == size { endBlock() }
        }
        guard offset == size else { return }
        let last = UnsafeRawBufferPointer(rebasing: bytes.suffix(coding.unit + size % coding.unit))
        endsInLineEnd = coding.lastEnd(in: last) == 0 && size % coding.unit == 0
    }

    private mutating func endBlock() {
        endsBefore.append(endsBefore[endsBefore.count - 1] + UInt64(ends))
        ends = 0
    }

    /// The index, once all bytes were counted.
    package var index: LineIndex {
        precondition(offset == size)
        let lineCount = Int(endsBefore[endsBefore.count - 1]) + (endsInLineEnd ? 0 : 1)
        return LineIndex(size: size, coding: coding, endsBefore: endsBefore, lineCount: lineCount)
    }
}
