import Testing

@testable import Lines

@Suite("Lines of a text")
struct LineTextTests {
    @Test(
        "A line ends at LF or CR LF; a lone CR stays in it; what follows the last end is a line unless it is empty",
        arguments: [
            ("", []), ("\n", [""]), ("a", ["a"]), ("a\n", ["a"]), ("a\n\n", ["a", ""]), ("a\nb", ["a", "b"]),
            ("a\r\nb\r\n", ["a", "b"]), ("10%\r20%\rdone\n", ["10%\r20%\rdone"]), ("a\r\r\nb", ["a\r", "b"]),
            ("\r\n\r", ["", "\r"]), ("a\r", ["a\r"]), ("a\0b\nc", ["a\0b", "c"]),
            ("ä\u{2028}ö\u{85}\nü", ["ä\u{2028}ö\u{85}", "ü"]),
        ]
    )
    func ends(_ text: String, _ lines: [String]) throws {
        let small = try SmallText(text)
        #expect(small.index.lineCount == lines.count)
        #expect(try small.all() == lines)
        #expect(try small.last(100).lines.map(\.text) == lines)
        #expect(try small.last(1).lines.map(\.text) == lines.suffix(1))
    }

    @Test("The last lines of a text of several pieces are all there, also an empty one at its end, for every length")
    func severalPieces() throws {
        for more in 0..<4 {
            let text = String(repeating: "a", count: LineText.pieceBytes + more) + "\nb\n\n"
            let small = try SmallText(text)
            let last = try small.text.lastLines(3, lineCount: small.index.lineCount)
            #expect(last.lines.map(\.text).suffix(2) == ["b", ""], "\(more)")
            #expect(last.lines.map(\.number) == [1, 2, 3], "\(more)")
        }
    }

    @Test("UTF-16 ends its lines with LF as a unit, in both orders; the byte 0x0A in another character is none")
    func wide() throws {
        let units = Array("a\u{0A0A}b\r\nU+010A: \u{010A}\nü𝄞".utf16)
        let bytes: [(String, [UInt8])] = [
            ("utf-16le", units.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }),
            ("utf-16be", units.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }),
        ]
        for (charset, bytes) in bytes {
            let small = try SmallText(bytes, charset: charset)
            #expect(try small.all() == ["a\u{0A0A}b", "U+010A: \u{010A}", "ü𝄞"])
            #expect(try small.last(2).lines.map(\.offset) == [10, 30])
            #expect(try small.search("010a", ignoresCase: true).numbers == [2])
            // A byte too many is half a character.
            let odd = try SmallText(bytes + [0x0A], charset: charset)
            #expect(odd.index.lineCount == 3)
            #expect(try odd.last(1).lines.map(\.number) == [3])
        }
    }

    @Test("Bytes that are no UTF-8 are shown as U+FFFD, and end no line")
    func invalid() throws {
        let small = try SmallText([0x61, 0xFF, 0xFE, 0x0A, 0xE2, 0x82, 0x0A, 0xC3, 0xA4])
        #expect(try small.all() == ["a\u{FFFD}\u{FFFD}", "\u{FFFD}", "ä"])
    }

    @Test("A window has its lines with numbers and offsets, over all blocks, and nothing behind the last")
    func windows() throws {
        // 20,000 lines of 4 to 20 bytes: three blocks, whose borders are within lines.
        let lines = (1...20_000).map { "\($0) " + Character("x").times($0 % 13) }
        let small = try SmallText(lines.map { $0 + "\n" }.joined())
        #expect(small.index.endsBefore.count == 1 + (small.text.size + 65_535) / 65_536)
        for first in [1, 2, 4999, 5000, 5001, 11_111, 19_999, 20_000] {
            let page = try small.text.lines(from: first, count: 3, by: small.index)
            let wanted = lines[(first - 1)..<min(first + 2, 20_000)]
            #expect(page.lines.map(\.text) == Array(wanted))
            #expect(page.lines.map(\.number) == (0..<wanted.count).map { first + $0 })
            let offset = lines[..<(first - 1)].reduce(0) { $0 + $1.utf8.count + 1 }
            #expect(page.lines.first?.offset == offset)
        }
        for first in [20_001, Int.max] {
            #expect(try small.text.lines(from: first, count: Int.max, by: small.index) == LinePage())
        }
        #expect(try small.last(3).lines.map(\.text) == lines.suffix(3))
        #expect(try small.last(3).lines.map(\.number) == [19_998, 19_999, 20_000])
        #expect(try small.text.lastLines(3, lineCount: nil).lines.map(\.number) == [nil, nil, nil])
        #expect(try small.last(20_000).lines.count == 20_000)
    }

    @Test("A long line is cut between two characters, and tells its whole length")
    func longLines() throws {
        let long = "a" + Character("é").times(5_000_000)
        let small = try SmallText("first\n\(long)\r\nlast")
        let page = try small.text.lines(from: 1, count: 10, by: small.index)
        #expect(page.lines.map(\.number) == [1, 2, 3] && !page.isFull)
        let cut = page.lines[1]
        #expect(cut.isCut && cut.length == 10_000_001 && cut.shownBytes == Line.mostBytes - 1)
        #expect(long.hasPrefix(cut.text))
        #expect(page.lines[2].offset == 6 + 10_000_001 + 2)
        #expect(try small.last(1).lines.map(\.text) == ["last"])
        // There is no room for the long line, so the answer is cut there.
        #expect(try small.last(2).lines.map(\.text) == ["last"])
        let alone = try SmallText(long)
        #expect(try alone.last(1).lines.isEmpty && alone.last(1).isFull)
        #expect(try alone.text.lines(from: 1, count: 1, by: alone.index).lines.map(\.length) == [10_000_001])
    }

    @Test("Of a line of 1 GiB the beginning is shown without reading the rest")
    func hugeLine() throws {
        let size = 1 << 30
        var bytesRead = 0
        let text = LineText(size: size, charset: nil) {
            String(decoding: $0, as: UTF8.self)
        } read: { _, buffer in
            bytesRead += buffer.count
            buffer.initializeMemory(as: UInt8.self, repeating: UInt8(ascii: "x"))
        }
        let ends = [UInt64](repeating: 0, count: LineIndex.blockCount(ofSize: size) + 1)
        let index = LineIndex(size: size, coding: .bytes, endsBefore: ends, lineCount: 1)
        let line = try #require(try text.lines(from: 1, count: 9, by: index).lines.first)
        #expect(line.length == size && line.text == Character("x").times(Line.mostBytes) && line.isCut)
        // The end of the text has no line that fits.
        let end = try text.lastLines(9, lineCount: 1)
        #expect(end.isFull && end.lines.isEmpty)
        #expect(bytesRead < 2 << 20)
    }

    @Test("An answer is full after 1 MiB, and goes on with the next line")
    func fullPages() throws {
        let small = try SmallText((1...50).map { "\($0)" + Character("x").times(30_000) }.joined(separator: "\n"))
        let page = try small.text.lines(from: 1, count: 50, by: small.index)
        #expect(page.isFull && page.lines.count == 34)
        let rest = try small.text.lines(from: 35, count: 50, by: small.index)
        #expect(!rest.isFull && rest.lines.map(\.number) == Array(35...50))
        let end = try small.last(50)
        #expect(end.isFull && end.lines.map(\.number) == Array(17...50))
        #expect(try !small.last(34).isFull)
    }
}
