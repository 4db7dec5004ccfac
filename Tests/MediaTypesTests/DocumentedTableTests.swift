import NIOCore
import Testing

import class Foundation.ProcessInfo
import struct Foundation.URL

@testable import MediaTypes

/// Keeps the table of docs/media-types.md equal to what the module answers. `PLACET_WRITE_DOCS=1` writes it anew.
@Suite("The table in docs/media-types.md")
struct DocumentedTableTests {
    private static let opening = "<!-- table: made by DocumentedTableTests -->\n"
    private static let closing = "<!-- end of table -->\n"

    private static let document = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "docs/media-types.md")

    @Test("the table says what libmagic and the module answer for every sample")
    func table() throws {
        let detector = try MediaTypeDetector()
        let text = try String(contentsOf: Self.document, encoding: .utf8)
        let start = try #require(text.firstRange(of: Self.opening)).upperBound
        let end = try #require(text.firstRange(of: Self.closing)).lowerBound
        let table = try Self.table(detector)
        if ProcessInfo.processInfo.environment["PLACET_WRITE_DOCS"] != nil {
            let new = text[..<start] + table + text[end...]
            try new.write(to: Self.document, atomically: true, encoding: .utf8)
        } else if text[start..<end].contains(detector.version) {
            // Another libmagic may use other words; the answers after refinement are the business of DetectionTests.
            #expect(text[start..<end] == table)
        }
    }

    private static func table(_ detector: MediaTypeDetector) throws -> String {
        let libmagic = try MagicHandle()
        let rows = try Sample.all.map { sample in
            let raw = try sample.bytes.withUnsafeReadableBytes { try libmagic.answer(MagicQuestion(without: 0), $0) }
            let found = try detector.detect(
                sample: sample.bytes,
                isWhole: true,
                declaredType: sample.declared,
                filename: sample.filename
            )
            let policy = ServingPolicy(type: found.type, charset: found.charset, requested: nil)
            let cells = [
                sample.file, sample.file.hasSuffix(sample.filename) ? "" : sample.filename, sample.declared ?? "",
                "\(raw.type) · \(raw.encoding)", policy.contentType, policy.disposition.rawValue,
            ]
            return "| " + cells.joined(separator: " | ") + " |\n"
        }
        let head =
            "| sample | sent as | declared | \(detector.version) says | we answer | served |\n"
            + "|---|---|---|---|---|---|\n"
        return head + rows.joined()
    }
}
