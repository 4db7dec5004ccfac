import Glibc
import MediaTypes
import NIOCore

// How long the type of a file takes to find; `scripts/bench-detect` builds and runs this.
//
// Each kind of bytes comes without a name, so that all is asked. Time is that of the processor and the best of 21 runs
// counts, because the noise of a shared machine only ever adds.

@main
enum DetectionSpeed {
    static func main() throws {
        let detector = try MediaTypeDetector()
        print("| bytes | 4 KiB | 64 KiB | type of the 64 KiB |\n|---|---:|---:|---|")
        for (name, bytes) in try kinds + samples() {
            var cells = [name]
            var type = ""
            for count in [4_096, 65_536] {
                var best = Double.infinity
                for _ in 0..<21 {
                    let start = processorMicroseconds()
                    type = try detect(bytes, count, detector)
                    best = min(best, processorMicroseconds() - start)
                }
                cells.append("\(Int(best.rounded()))")
            }
            print("| " + cells.joined(separator: " | ") + " | \(type) |")
        }
    }

    private static func detect(_ bytes: [UInt8], _ count: Int, _ detector: MediaTypeDetector) throws -> String {
        let sample = ByteBuffer(bytes: bytes.prefix(count))
        return try detector.detect(sample: sample, isWhole: count >= bytes.count, declaredType: nil, filename: "a").type
    }

    private static let kinds: [(String, [UInt8])] = [
        ("words", repeating("Words of a text that stand one after another.\n")),
        ("UTF-8 words", repeating("Wörter eines Textes, «eines» nach dem anderen ☃\nund noch eine Zeile\n")),
        ("ISO-8859-1 words", repeating([0x63, 0x61, 0x66, 0xE9, 0x20])),
        ("log", repeating("2026-11-26T10:00:00Z INFO request served method=GET path=/a/b/c\n")),
        ("Swift", repeating("    private static func speed(_ run: () throws -> Void) rethrows -> String { }\n")),
        ("JSON that goes on", repeating(#"[{"name": "a", "value": 1.5, "list": [1, 2, 3]}, "#)),
        ("CSV", repeating("1,a,2026-11-26,3.14,\"b c\"\n")),
        ("HTML", repeating("<!doctype html><p>words</p>\n")),
        ("line ends", repeating("\n")),
        ("blanks", repeating(" ")),
        ("runs of 3,900 line ends", repeating(Array(repeating: 10, count: 3_900) + [0x78])),
        ("line ends, then a zero", Array(repeating: 10, count: 65_535) + [0]),
        ("comments", repeating("<!---->")),
        ("opening brackets", repeating("<")),
        ("mail fields", repeating("to:\n")),
        ("escapes in ISO-8859-1", repeating([0x1B, 0x24, 0xE9])),
        ("zeros", repeating([0])),
        ("unknown bytes", noise),
        ("gzip", [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3] + noise),
    ]

    /// The heads of real files, with unknown bytes behind.
    private static func samples() throws -> [(String, [UInt8])] {
        let folder = CommandLine.arguments[1]
        let files = [
            "pixel.png", "photo.jpg", "page.pdf", "archive.zip", "libreoffice.docx", "libreoffice.doc", "program.elf",
            "film.mp4", "film.webm", "tone.mp3",
        ]
        return try files.map { ($0, try content("\(folder)/\($0)") + noise) }
    }

    private static func content(_ path: String) throws -> [UInt8] {
        guard let file = fopen(path, "rb") else { throw Missing(path: path) }
        defer { fclose(file) }
        return [UInt8](unsafeUninitializedCapacity: 65_536) { $1 = fread($0.baseAddress, 1, 65_536, file) }
    }

    private struct Missing: Error { let path: String }

    private static func repeating(_ text: String) -> [UInt8] { repeating(Array(text.utf8)) }

    private static func repeating(_ bytes: [UInt8]) -> [UInt8] {
        Array(repeatElement(bytes, count: 65_536 / bytes.count + 1).joined().prefix(65_536))
    }

    /// The same in each run.
    private static let noise: [UInt8] = {
        var state: UInt64 = 1
        return (0..<65_536).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(state >> 56)
        }
    }()

    private static func processorMicroseconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
    }
}
