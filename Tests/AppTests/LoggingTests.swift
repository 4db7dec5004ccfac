import App
import Foundation
import Glibc
import HTTPTypes
import JSON
import Logging
import Testing

@testable import HTTP

@Suite("What others wrote, on terminals and in the log")
struct LoggingTests {
    @Test(
        "what a terminal obeys or hides is written out; everything else stays",
        arguments: [
            ("plain ~ text", "plain ~ text"), ("a\nb\tc\rd", #"a\nb\tc\rd"#), ("\u{1B}[31mred", #"\u001b[31mred"#),
            ("\u{9B}31m\u{7F}\0", #"\u009b31m\u007f\u0000"#), ("\u{202E}gpj\u{2066}", #"\u202egpj\u2066"#),
            ("a\u{2028}b\u{200B}c\u{FEFF}", #"a\u2028b\u200bc\ufeff"#), ("\u{E0041}", #"\udb40\udc41"#),
            ("Grüße, 日本語 👩‍💻 می‌خواهم", "Grüße, 日本語 👩‍💻 می‌خواهم"), (#"C:\new"#, #"C:\new"#), ("", ""),
        ]
    )
    func onOneLine(text: String, shown: String) {
        #expect(text.onOneLine == shown)
    }

    @Test(
        "a text keeps its lines and tabs, but no carriage return that would overwrite them",
        arguments: [
            ("a\n\tb\r\nc", "a\n\tb\nc"), ("harmless\rrm -rf", #"harmless\rrm -rf"#),
            ("a\n\u{1B}]0;title\u{7}", "a\n" + #"\u001b]0;title\u0007"#),
        ]
    )
    func visible(text: String, shown: String) {
        #expect(text.visible == shown)
    }

    @Test("a log line is one line whatever is in it, as text and as JSON", arguments: ["text", "json"])
    func oneLine(format: String) throws {
        let pipe = Pipe()
        let queue = LogQueue(descriptor: pipe.fileHandleForWriting.fileDescriptor)
        let logger = try Self.configuration(format).makeLogger(writingTo: queue)
        let evil = "x\n2026-01-01T00:00:00+0000 info placet: fake\u{1B}[2J\u{202E}\u{85}\r"
        logger.info("\(evil)", metadata: ["value": "\(evil)"])
        queue.finish()
        try pipe.fileHandleForWriting.close()
        let bytes = try #require(try pipe.fileHandleForReading.readToEnd())
        let text = try #require(String(validating: bytes, as: UTF8.self))
        #expect(text.hasSuffix("\n") && String(text.dropLast()).onOneLine == String(text.dropLast()))
        #expect(text.contains(#"x\n2026"#) && text.contains(#"\u001b[2J\u202e\u0085\r"#))
        if format == "json" {
            let line = try JSONValue(parsing: bytes)
            #expect(line["message"] == .string(evil) && line["value"] == .string(evil))
        }
    }

    @Test("what is logged with an error says which, as text and as JSON", arguments: ["text", "json"])
    func errors(format: String) throws {
        let pipe = Pipe()
        let queue = LogQueue(descriptor: pipe.fileHandleForWriting.fileDescriptor)
        var logger = try Self.configuration(format).makeLogger(writingTo: queue)
        logger[metadataKey: "name"] = "the logger's"
        logger.warning("not done", error: CancellationError(), metadata: ["name": "the event's"])
        queue.finish()
        try pipe.fileHandleForWriting.close()
        let text = String(decoding: try #require(try pipe.fileHandleForReading.readToEnd()), as: UTF8.self)
        for part in ["error.message", "CancellationError()", "error.type", "the event's", "not done", "warning"] {
            #expect(text.contains(part), "\(part) in \(text)")
        }
        #expect(!text.contains("the logger's"))
    }

    @Test("a line of the access log is the line that a logger makes of its fields", arguments: ["text", "json"])
    func accessLine(format: String) throws {
        let pipe = Pipe()
        let queue = LogQueue(descriptor: pipe.fileHandleForWriting.fileDescriptor)
        let logger = try Self.configuration(format).makeLogger(writingTo: queue)
        let lines = try #require(logger.handler as? any AccessLines)
        #expect(lines.level == .info)
        for (status, bytes) in [(HTTPResponse.Status.ok, 5 as Int?), (.tooManyRequests, nil)] {
            var line = AccessLine(
                start: .now,
                method: .get,
                route: "/a/{id}",
                status: status,
                requestID: "abc",
                caller: AccessLine.caller(key: "k"),
                address: nil
            )
            (line.bytes, line.milliseconds) = (bytes, 1.2345)
            line.mark = AccessLine.Mark(status, .zero, waits: false)
            lines.write(line)
            let metadata = Dictionary(uniqueKeysWithValues: line.fields.map { ($0, Logger.MetadataValue.string($1)) })
            logger.log(level: line.mark.level, "\(line.message)", metadata: metadata, source: "HTTP")
        }
        queue.finish()
        try pipe.fileHandleForWriting.close()
        let text = String(decoding: try #require(try pipe.fileHandleForReading.readToEnd()), as: UTF8.self)
        let moment = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/
        let written = text.split(separator: "\n").map { $0.replacing(moment, with: "") }
        try #require(written.count == 4)
        #expect(written[0] == written[1] && written[2] == written[3])
        #expect(written[0].contains("request") && written[2].contains("request cut off"))
    }

    @Test("a log that nobody reads holds up nobody; what found no room is counted once somebody reads")
    func unread() throws {
        let pipe = Pipe()
        let queue = LogQueue(descriptor: pipe.fileHandleForWriting.fileDescriptor)
        let logger = try Self.configuration("text").makeLogger(writingTo: queue)
        let filler = String(repeating: "x", count: 1000)
        // A pipe holds 64 KiB, and the queue two times its capacity: what is waiting, and what is being written.
        let count = 2 * LogQueue.capacity / 1000 + 200
        for number in 0..<count { logger.info("line \(number) \(filler)") }

        // Whatever is dropped is told in its place, once or several times.
        var (read, kept, dropped) = (Data(), [Int](), 0)
        while kept.count + dropped < count {
            read += pipe.fileHandleForReading.availableData
            let lines = String(decoding: read, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
            kept = lines.dropLast().compactMap { $0.firstMatch(of: #/ line (\d+) x/#) }.compactMap { Int($0.1) }
            dropped = lines.dropLast().compactMap { $0.firstMatch(of: /(\d+) lines dropped/) }
                .compactMap { Int($0.1) }.reduce(0, +)
        }
        #expect(dropped > 0 && kept.count + dropped == count)
        #expect(kept == kept.sorted(), "in their order")
    }

    @Test("without a reader at all, lines are lost and nothing else happens")
    func readerIsGone() throws {
        signal(SIGPIPE, SIG_IGN)  // As NIO does for every process that uses it.
        let pipe = Pipe()
        let queue = LogQueue(descriptor: pipe.fileHandleForWriting.fileDescriptor)
        try pipe.fileHandleForReading.close()
        for _ in 0..<3 {
            queue.write("lost")
            queue.finish()
        }
    }

    private static func configuration(_ format: String) throws -> ServerConfiguration {
        try ServerConfiguration(arguments: [:], environment: ["PLACET_LOG_FORMAT": format])
    }
}
