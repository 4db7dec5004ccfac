import Blobs
import NIOCore
import Testing

/// Bytes on their way from a service that hangs up, stalls or sends what was not asked for.
@Suite("Reading from S3")
struct S3BodyTests {
    @Test("a connection that is lost in the middle is replaced, and reading goes on where it stopped")
    func lost() async throws {
        let text = "0123456789"
        try await withBucket(script: { number, request in
            switch number {
            case 1: .last(part(2..<8, of: text, sent: 3))
            case 2: .last(part(5..<8, of: text, sent: 2))
            default: .text(part(7..<8, of: text, sent: 1))
            }
        }) { bucket, server in
            let read = try await bucket.bytes(of: "a", range: 2..<8)
            #expect(String(buffer: read) == "234567")
            #expect(server.requests.map { $0.fields["range"] } == ["bytes=2-7", "bytes=5-7", "bytes=7-7"])
        }
    }

    @Test("one that is lost again and again without a byte is given up")
    func hopeless() async throws {
        try await withBucket(script: { _, _ in .last(part(0..<8, of: "01234567", sent: 0)) }) { bucket, server in
            let error = await #expect(throws: S3Error.self) { try await bucket.bytes(of: "a", range: 0..<8) }
            #expect(error == .unreachable("it hung up"))
            #expect(server.requests.count == 4)
        }
    }

    @Test("a reader who is slow loses the connection to others, and no byte")
    func slow() async throws {
        let text = "01234567"
        let script = { @Sendable (_: Int, request: ScriptedServer.Request) -> ScriptedServer.Reply in
            request.fields["range"] == "bytes=0-7"
                ? .silence(part(0..<8, of: text, sent: 4)) : .text(part(4..<8, of: text, sent: 4))
        }
        try await withBucket(silence: .milliseconds(200), script: script) { bucket, server in
            var iterator = bucket.read("a", range: 0..<8).makeAsyncIterator()
            var bytes = try #require(try await iterator.next())
            for await _ in server.ends { break }
            while let piece = try await iterator.next() { bytes.writeImmutableBuffer(piece) }
            #expect(String(buffer: bytes) == text)
        }
    }

    @Test("no more is read than is taken")
    func backPressure() async throws {
        let size: Int64 = 1 << 40
        let said = "content-length: \(size)\r\ncontent-range: bytes 0-\(size - 1)/\(size)"
        let head = "HTTP/1.1 206 Partial\r\n\(said)\r\n\r\n"
        try await withBucket(script: { _, _ in .zeros(head, patience: 1) }) { bucket, server in
            var iterator = bucket.read("a", range: 0..<size).makeAsyncIterator()
            _ = try await iterator.next()
            // The server gives up when nothing is taken any more. What it sent fills the sockets' buffers, no more.
            for await taken in server.ends {
                #expect(taken < 32 << 20)
                break
            }
        }
    }

    @Test(
        "another range than was asked for is not taken for it",
        arguments: [
            httpAnswer("200 OK", [], "0123456789"), httpAnswer("206 Partial", ["content-range: bytes 0-3/10"], "0123"),
            httpAnswer("206 Partial", [], "2345"), httpAnswer("206 Partial", ["content-range: bytes 2-4/10"], "234"),
            httpAnswer("206 Partial", ["content-range: bytes 2-5/10"], "23456"),
        ]
    )
    func otherRange(text: String) async throws {
        try await withBucket(script: { _, _ in .text(text) }) { bucket, server in
            let error = await #expect(throws: S3Error.self) { try await bucket.bytes(of: "a", range: 2..<6) }
            #expect(error?.isTransient == false)
            #expect(server.requests.count == 1)
        }
    }

    @Test("a service may answer with the whole when the whole was asked for, and nothing is asked for nothing")
    func whole() async throws {
        try await withBucket(script: { _, _ in .text(httpAnswer("200 OK", [], "0123")) }) { bucket, server in
            let read = try await bucket.bytes(of: "a", range: 0..<4)
            #expect(String(buffer: read) == "0123")
            let nothing = try await bucket.bytes(of: "a", range: 3..<3)
            #expect(nothing.readableBytes == 0)
            #expect(server.requests.count == 1)
        }
    }
}

/// An answer that has the right length, and not all of its bytes.
private func part(_ range: Range<Int>, of text: String, sent: Int) -> String {
    let said = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(text.utf8.count)"
    return "HTTP/1.1 206 Partial\r\ncontent-length: \(range.count)\r\ncontent-range: \(said)\r\n\r\n"
        + text.dropFirst(range.lowerBound).prefix(sent)
}
