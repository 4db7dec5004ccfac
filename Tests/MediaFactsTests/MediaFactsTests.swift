import Foundation
import Testing

@testable import MediaFacts

@Suite("What headers of media say")
struct MediaFactsTests {
    private static let samples = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "MediaTypesTests/Samples")

    private static func file(_ bytes: [UInt8]) -> MediaFile {
        MediaFile(size: Int64(bytes.count)) { offset, buffer in
            buffer.copyBytes(from: bytes[Int(offset)..<Int(offset) + buffer.count])
        }
    }

    private static func sample(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: samples.appending(path: name)))
    }

    // The figures are those of Pillow and ffprobe.

    @Test(
        "The pixels of pictures",
        arguments: [
            ("pixel.gif", 1, 1), ("pixel.png", 8, 8), ("photo.jpg", 32, 32), ("photo.webp", 16, 16),
            ("k-lossless.webp", 8, 8), ("k-moving.webp", 8, 8), ("k-progressive.jpg", 8, 8), ("k-print.jpg", 8, 8),
        ]
    )
    func pictures(name: String, width: Int, height: Int) throws {
        let size = try #require(try PictureSize(of: Self.file(Self.sample(name))))
        #expect(size.width == width && size.height == height)
    }

    @Test(
        "The length of sounds and films",
        arguments: [
            ("tone.flac", 0.125), ("tone.wav", 0.125), ("film.mp4", 0.5), ("film.webm", 0.5), ("film.mkv", 0.5),
            ("k-voice-real.webm", 0.108), ("k-audio-real.mp4", 0.1), ("tone.mp3", 0.157),
        ]
    )
    func lengths(name: String, expected: Double) throws {
        let seconds = try #require(try PlayingTime.seconds(of: Self.file(Self.sample(name))))
        #expect(abs(seconds - expected) < 0.03)
    }

    @Test("The pages of a PDF by its newest table of objects, or by its first bytes when it is linear")
    func pages() throws {
        let page = try Self.sample("page.pdf")
        #expect(try PageCount.pages(of: Self.file(page)) == 1)
        // Somebody added pages: the root of their tree stands at the end.
        let node = "2 0 obj\n<</Type/Pages/Kids[3 0 R 3 0 R 3 0 R]/Count 3>>\nendobj\n"
        let entry = String(repeating: "0", count: 10 - "\(page.count)".count) + "\(page.count) 00000 n \n"
        let table = "xref\n2 1\n\(entry)trailer<</Size 6/Root 1 0 R/Prev 374>>\n"
        let more = page + Array("\(node)\(table)startxref\n\(page.count + node.utf8.count)\n%%EOF".utf8)
        #expect(try PageCount.pages(of: Self.file(more)) == 3)
        func linear(_ length: Int) -> [UInt8] {
            let head = "%PDF-1.4\n1 0 obj <</Linearized 1 /L \(length) /H [5 6] /O 7 /E 8 /N 12 /T 9>>\nendobj\n"
            return Array(head.utf8) + Array(repeating: 0x20, count: 400 - head.utf8.count)
        }
        #expect(try PageCount.pages(of: Self.file(linear(400))) == 12)
        #expect(try PageCount.pages(of: Self.file(linear(399))) == nil)
        // The table leads in a circle.
        let circle = Array("%PDF-1.4\nxref\n0 0\ntrailer<</Root 1 0 R/Prev 9>>\nstartxref\n9\n%%EOF".utf8)
        #expect(try PageCount.pages(of: Self.file(circle)) == nil)
    }

    @Test("What is cut, changed or something else says something or nothing, and is never waited for")
    func hostile() throws {
        let names = [
            "pixel.gif", "pixel.png", "photo.jpg", "photo.webp", "k-lossless.webp", "tone.mp3", "film.mp4", "film.webm",
            "k-id3.mp3", "k-voice.wav", "k-frag-audio.mp4", "page.pdf", "k-real.pdf", "k-late.pdf", "k-film.webm",
        ]
        for name in names {
            let whole = try Self.sample(name)
            for place in stride(from: 0, to: whole.count, by: whole.count / 200 + 1) {
                var changed = whole
                changed[place] = ~changed[place]
                for bytes in [Array(whole[..<place]), changed] {
                    let file = Self.file(bytes)
                    _ = try PictureSize(of: file)
                    _ = try PlayingTime.seconds(of: file)
                    _ = try PageCount.pages(of: file)
                }
            }
        }
        for bytes in [[], Array("text".utf8), [UInt8](repeating: 0xFF, count: 100_000)] {
            let file = Self.file(bytes)
            #expect(try PictureSize(of: file) == nil && PlayingTime.seconds(of: file) == nil)
            #expect(try PageCount.pages(of: file) == nil)
        }
    }

    @Test("Sizes over all bounds are no traps")
    func large() throws {
        let most = [UInt8](repeating: 0xFF, count: 8)
        let film = [0, 0, 0, 8] + Array("ftyp".utf8) + [0, 0, 0, 1] + Array("moov".utf8) + most
        let matroska: [UInt8] = [0x1A, 0x45, 0xDF, 0xA3, 0x80, 0x18, 0x53, 0x80, 0x67, 0x01] + most
        let element: [UInt8] = [0x1A, 0x45, 0xDF, 0xA3, 0x01] + [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE]
        let table = Array("%PDF-1.4\nxref\n9999999999 9999999999 \n1 startxref 9 %%EOF".utf8)
        for bytes in [film, matroska, element, table] {
            #expect(try PlayingTime.seconds(of: Self.file(bytes)) == nil)
            #expect(try PageCount.pages(of: Self.file(bytes)) == nil)
        }
    }
}
