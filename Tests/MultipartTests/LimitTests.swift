import NIOCore
import Testing

@testable import Multipart

@Suite("What a body may ask of the parser")
struct LimitTests {
    private let boundary: MultipartBoundary

    init() throws {
        boundary = try MultipartBoundary(contentType: "multipart/form-data; boundary=boundary")
    }

    private func body(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test("headers of exactly the limit pass and one byte more fails, cut anywhere", arguments: [0, 1])
    func headerBytes(excess: Int) throws {
        let lines = "A: " + String(repeating: "x", count: 40) + "\r\nB: y\r\n\r\n"
        let form = body("--boundary\r\n\(lines)\r\n--boundary--")
        let limits = MultipartParser.Limits(maxHeaderBytes: lines.utf8.count - excess)
        let passes: [Outcome] = [.began(PartHeaders()), .ended, .finished]
        let expected = excess == 0 ? passes : [.failed(.headersTooLarge(limit: limits.maxHeaderBytes))]
        for place in 0...form.count {
            #expect(parse(form.cut(at: place), boundary: boundary, limits: limits) == expected, "cut at \(place)")
        }
    }

    @Test("the header limit is 16 KiB, is per part, and stops a line that never ends")
    func headerBytesByDefault() throws {
        let line = "A: " + String(repeating: "x", count: 9_000) + "\r\n"
        let fits = "--b\r\n\(line)\r\n\r\n--b\r\n\(line)\r\n\r\n--b--"
        #expect(try parse(fits).last == .finished)
        #expect(try parse("--b\r\n\(line)\(line)\r\n\r\n--b--") == [.failed(.headersTooLarge(limit: 16_384))])
        #expect(
            try parse("--b\r\n" + String(repeating: "x", count: 20_000)) == [.failed(.headersTooLarge(limit: 16_384))]
        )
    }

    @Test("as many parts as the limit pass and one more fails")
    func parts() throws {
        func form(_ count: Int) -> String { String(repeating: "--b\r\n\r\n\r\n", count: count) + "--b--" }
        #expect(try parse(form(3), limits: .init(maxParts: 3)).last == .finished)
        #expect(try parse(form(4), limits: .init(maxParts: 3)).last == .failed(.tooManyParts(limit: 3)))
        #expect(try parse(form(128)).last == .finished)
        #expect(try parse(form(129)).last == .failed(.tooManyParts(limit: 128)))
    }

    @Test("an error stays: later calls throw it again and keep no more bytes")
    func errorsStay() throws {
        var parser = MultipartParser(boundary: boundary)
        parser.append(ByteBuffer(string: "--boundary\r\nnonsense\r\n\r\n"))
        #expect(throws: MultipartError.malformedHeader) { try parser.nextEvent() }
        let kept = parser.retainedBytes
        parser.append(ByteBuffer(string: "--boundary--"))
        #expect(parser.retainedBytes == kept)
        #expect(throws: MultipartError.malformedHeader) { try parser.nextEvent() }
        #expect(throws: MultipartError.malformedHeader) { try parser.finish() }
    }

    @Test("after the end nothing is kept and nothing is found")
    func epilogue() throws {
        var parser = MultipartParser(boundary: boundary)
        parser.append(ByteBuffer(string: "--boundary--"))
        #expect(try parser.nextEvent() == .finished)
        parser.append(ByteBuffer(string: "\r\n--boundary\r\n\r\nmore"))
        #expect(parser.retainedBytes == 0)
        #expect(try parser.nextEvent() == nil)
        try parser.finish()
    }

    @Test("preamble, data, padding and epilogue are not kept")
    func memory() throws {
        let line = "\r\n--boundary" + String(repeating: " ", count: 200)
        let long = String(repeating: line, count: 200)
        let form = body(long + "\r\n--boundary\r\n\r\n" + long + "\r\n--boundary--" + long)
        for size in [1, 7, 64, 1_000] {
            let pieces = stride(from: 0, to: form.count, by: size).map { form[$0..<min($0 + size, form.count)] }
            var most = 0
            let outcomes = parse(pieces, boundary: boundary) { most = max(most, $0) }
            #expect(outcomes == [.began(PartHeaders()), .data(body(long)), .ended, .finished])
            #expect(most > 0 && most <= "\r\n--boundary\r".utf8.count + DelimiterScanner.maxPadding)
        }
    }

    @Test("data are handed out as slices of the buffer given, not as copies")
    func zeroCopy() throws {
        func address(_ buffer: ByteBuffer) -> UnsafeRawPointer? { buffer.withUnsafeReadableBytes { $0.baseAddress } }
        var parser = MultipartParser(boundary: boundary)
        let buffer = ByteBuffer(string: "--boundary\r\n\r\nsome data\r\n--boundary--")
        parser.append(buffer)
        #expect(try parser.nextEvent() == .partBegan(PartHeaders()))
        guard case .partData(let data) = try parser.nextEvent() else { return #expect(Bool(false)) }
        #expect(address(data) == address(buffer)?.advanced(by: 14))
    }

    @Test("long headers and data cost the same per byte when they come one byte at a time")
    func linear() throws {
        let header = "A: " + String(repeating: "x", count: 16_000)
        let data = String(repeating: "\r\n--boundar", count: 10_000)
        let form = body("--boundary\r\n\(header)\r\n\r\n\(data)\r\n--boundary--")
        var parser = MultipartParser(boundary: boundary)
        let clock = ContinuousClock()
        let took = try clock.measure {
            for byte in form {
                parser.append(ByteBuffer(integer: byte))
                while try parser.nextEvent() != nil {}
            }
        }
        try parser.finish()
        // About 0.1 s unoptimised; quadratic work on 16 000 header bytes would take minutes.
        #expect(took < .seconds(20))
    }

    @Test(
        "every error is one sentence",
        arguments: [
            MultipartError.notMultipart, .invalidBoundary, .truncated, .malformedHeader, .headersTooLarge(limit: 5),
            .unknownTransferEncoding, .malformedTransferEncoding,
            .tooManyParts(limit: 5),
        ]
    )
    func descriptions(error: MultipartError) {
        #expect(error.description.hasSuffix("."))
        #expect(!error.description.dropLast().contains("."))
    }
}
