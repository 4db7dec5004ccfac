import Testing

@testable import Lines

@Suite("The index of lines")
struct LineIndexTests {
    private static let digest = [UInt8](repeating: 7, count: 32)

    @Test("It does not depend on the pieces in which the bytes come")
    func pieces() throws {
        let bytes = (0..<400_000).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13) }
        let whole = try SmallText(bytes).index
        #expect(whole.lineCount == bytes.count { $0 == 0x0A } + 1)
        #expect(try SmallText(bytes, pieces: 131_072).index == whole)
        #expect(try SmallText(bytes, pieces: bytes.count).index == whole)
    }

    private struct HungUp: Error {}

    @Test("A count that was broken off goes on where it was")
    func brokenOff() throws {
        let bytes = Array((0..<100_000).map { "\($0)\n" }.joined().utf8)
        var (reads, most) = (0, 3)
        let text = LineText(size: bytes.count, charset: nil, decode: { String(decoding: $0, as: UTF8.self) }) {
            guard reads < most else { throw HungUp() }
            reads += 1
            $1.copyBytes(from: bytes[$0..<$0 + $1.count])
        }
        var count = LineCount(size: bytes.count, coding: .bytes)
        #expect(throws: HungUp.self) { try text.finish(&count) }
        #expect(count.offset == 3 * LineText.pieceBytes)
        most = .max
        try text.finish(&count)
        #expect(count.index == (try SmallText(bytes).index))
        #expect(reads == (bytes.count + LineText.pieceBytes - 1) / LineText.pieceBytes)
    }

    @Test("Long runs of line ends are all counted, where small counters would overflow")
    func runs() throws {
        for (charset, unit) in [(nil, [0x0A]), ("utf-16le", [0x0A, 0]), ("utf-16be", [0, 0x0A])] as [(String?, [UInt8])]
        {
            let bytes = (0..<200_001).flatMap { _ in unit }
            #expect(try SmallText(bytes, charset: charset).index.lineCount == 200_001)
        }
    }

    @Test("Lines beyond 2^31 and texts of terabytes are found, by an index of 65,536 blocks at most")
    func manyLines() {
        let size = 3 << 40
        let blocks = LineIndex.blockCount(ofSize: size)
        let bytes = LineIndex.blockBytes(ofSize: size)
        #expect(blocks <= LineIndex.mostBlocks && blocks * bytes >= size)
        // A line end for every 64 bytes: 2^35 and more.
        let each = UInt64(bytes / 64)
        let ends = (0...blocks).map { UInt64($0) * each }
        let index = LineIndex(size: size, coding: .bytes, endsBefore: ends, lineCount: Int(ends[blocks]))
        #expect(index.lineCount > 1 << 35 && index.isLastLineEnded)
        for block in [0, 1, 33_333, blocks - 1] {
            let first = block * Int(each) + 1
            #expect(index.place(ofLine: first + 1) == (block * bytes, 1))
            // The first line of a block begins where the last one of the block before ends.
            #expect(index.place(ofLine: first) == (block == 0 ? (0, 0) : ((block - 1) * bytes, Int(each))))
        }
        #expect(index.place(ofLine: index.lineCount) == ((blocks - 1) * bytes, Int(each) - 1))
        #expect(index.encoded(of: Self.digest).count <= LineIndex.mostBytes)
    }

    @Test("A kept index is read again; one that is cut, changed, longer, or of another text is none")
    func files() throws {
        let index = try SmallText((0..<100_000).map { "\($0)\n" }.joined()).index
        let bytes = index.encoded(of: Self.digest)
        #expect(LineIndex(bytes, of: Self.digest, size: index.size) == index)
        #expect(bytes.count * 100 <= index.size)
        for end in [0, 1, 8, bytes.count - 1] {
            #expect(LineIndex(Array(bytes[..<end]), of: Self.digest, size: index.size) == nil)
        }
        for place in stride(from: 0, to: bytes.count, by: 5) {
            var changed = bytes
            changed[place] ^= 0x10
            #expect(LineIndex(changed, of: Self.digest, size: index.size) == nil, "\(place)")
        }
        #expect(LineIndex(bytes + [0], of: Self.digest, size: index.size) == nil)
        #expect(LineIndex(bytes, of: Self.digest.map { $0 + 1 }, size: index.size) == nil)
        #expect(LineIndex(bytes, of: Self.digest, size: index.size - 1) == nil)
        #expect(LineIndex([], of: Self.digest, size: 0) == nil)
        var looked = index
        for tally in [LineTally(), LineTally(errors: 3, warnings: 2, groups: 1, firstError: 9, milliseconds: 0)] {
            looked.tally = tally
            #expect(LineIndex(looked.encoded(of: Self.digest), of: Self.digest, size: index.size)?.tally == tally)
        }
        let empty = try SmallText("").index
        #expect(LineIndex(empty.encoded(of: Self.digest), of: Self.digest, size: 0) == empty)
    }
}
