import Glibc
import Multipart
import NIOCore

// How fast the multipart parser finds its way through file data in memory; `scripts/bench-parser` builds and runs this.
//
// One part of 64 MiB is parsed in buffers of three sizes. Time is that of the processor and the best of seven runs
// counts, because the noise of a shared machine only ever adds. Beside it, what the C library needs for the same bytes.

/// `memmem` is a GNU extension that Swift's Glibc module does not show.
@_silgen_name("memmem")
private func memmem(
    _ haystack: UnsafeRawPointer?,
    _ haystackCount: Int,
    _ needle: UnsafeRawPointer?,
    _ needleCount: Int
) -> UnsafeRawPointer?

private let megabyte = 1 << 20
private let dataBytes = 64 * megabyte
private let boundary = "----WebKitFormBoundary7MA4YWxkTrZu0gW"

@main
enum MultipartSpeed {
    static func main() throws {
        print("| data | 4 KiB | 64 KiB | 256 KiB | memcpy | memmem | memchr CR |")
        print("|---|---:|---:|---:|---:|---:|---:|")
        for (name, data) in samples {
            var row = [name]
            for chunk in [4, 64, 256] { row.append(try parserSpeed(data, chunkBytes: chunk * 1024)) }
            row += [copySpeed(data), searchSpeed(data), returnSpeed(data)]
            print("| " + row.joined(separator: " | ") + " |")
        }
    }

    private static var samples: [(String, [UInt8])] {
        var random = SystemRandomNumberGenerator()
        return [
            ("random bytes", (0..<dataBytes / 8).flatMap { _ in withUnsafeBytes(of: random.next(), Array.init) }),
            (
                "text, lines of 64 with LF",
                repeating("2026-11-23T10:00:00Z INFO request served method=GET path=/a/b/c\n")
            ),
            ("text, lines of 20 with CRLF", repeating("a short line of it\r\n")),
            ("only CRLF", repeating("\r\n")),
            ("only CRLF and two dashes", repeating("\r\n--")),
            ("dashes", repeating("-")),
            ("delimiter but for its last byte", repeating("\r\n--" + boundary.dropLast() + "_")),
            ("delimiter, then no line end", repeating("\r\n--" + boundary + "x")),
        ]
    }

    private static func repeating(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        return Array(repeatElement(bytes, count: dataBytes / bytes.count + 1).joined().prefix(dataBytes))
    }

    private static func parserSpeed(_ data: [UInt8], chunkBytes: Int) throws -> String {
        let head = Array("--\(boundary)\r\nContent-Disposition: form-data; name=f; filename=a\r\n\r\n".utf8)
        let body = head + data + Array("\r\n--\(boundary)--\r\n".utf8)
        let chunks = stride(from: 0, to: body.count, by: chunkBytes).map {
            ByteBuffer(bytes: body[$0..<min($0 + chunkBytes, body.count)])
        }
        let parsed = try MultipartBoundary(contentType: "multipart/form-data; boundary=\(boundary)")
        return try speed {
            var parser = MultipartParser(boundary: parsed)
            var dataCount = 0
            for chunk in chunks {
                parser.append(chunk)
                while let event = try parser.nextEvent() {
                    if case .partData(let bytes) = event { dataCount += bytes.readableBytes }
                }
            }
            try parser.finish()
            precondition(dataCount == data.count)
        }
    }

    private static func copySpeed(_ data: [UInt8]) -> String {
        let copy = UnsafeMutableRawPointer.allocate(byteCount: data.count, alignment: 64)
        defer { copy.deallocate() }
        return data.withUnsafeBytes { bytes in
            speed { memcpy(copy, bytes.baseAddress!, bytes.count) }
        }
    }

    private static func searchSpeed(_ data: [UInt8]) -> String {
        let needle = Array("\r\n--\(boundary)\r\n".utf8)
        return data.withUnsafeBytes { bytes in
            speed { precondition(memmem(bytes.baseAddress, bytes.count, needle, needle.count) == nil) }
        }
    }

    /// From one CR to the next, the simplest way to look for a delimiter.
    private static func returnSpeed(_ data: [UInt8]) -> String {
        data.withUnsafeBytes { bytes in
            speed {
                var at = bytes.baseAddress!
                let end = at + bytes.count
                while let hit = memchr(at, 13, end - at) { at = UnsafeRawPointer(hit) + 1 }
            }
        }
    }

    /// GB/s of the best of seven runs over the data.
    private static func speed(_ run: () throws -> Void) rethrows -> String {
        var best = Double.infinity
        for _ in 0..<7 {
            let start = processorSeconds()
            try run()
            best = min(best, processorSeconds() - start)
        }
        let hundredths = Int((Double(dataBytes) / best / 1e7).rounded())
        return "\(hundredths / 100).\(hundredths / 10 % 10)\(hundredths % 10)"
    }

    private static func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
