import NIOCore
import Testing

@testable import MediaTypes

@Suite("What bytes are")
struct DetectionTests {
    static let detector = Result { () throws(MediaTypeError) in try MediaTypeDetector() }

    private func detect(
        _ bytes: ByteBuffer,
        whole: Bool = true,
        declared: String? = nil,
        as filename: String = "a"
    ) throws -> MediaType {
        try Self.detector.get().detect(sample: bytes, isWhole: whole, declaredType: declared, filename: filename)
    }

    @Test("every sample file gets its type, charset and disposition", arguments: Sample.all)
    func samples(_ sample: Sample) throws {
        let found = try detect(sample.bytes, declared: sample.declared, as: sample.filename)
        #expect(found == MediaType(type: sample.type, charset: sample.charset))
        let policy = ServingPolicy(type: found.type, charset: found.charset, requested: nil)
        #expect(policy.disposition == sample.disposition)
        #expect(policy.contentType == sample.type + (sample.charset.map { "; charset=\($0)" } ?? ""))
    }

    @Test("no name and no declared type turns bytes into a type that a browser runs")
    func hintsNeverMakeActive() throws {
        let active = ["text/html", "image/svg+xml", "text/xml", "application/xhtml+xml", "text/javascript", "text/css"]
        let names = ["a.html", "a.svg", "a.xml", "a.xhtml", "a.js", "a.css", "a.mhtml", "a.pdf"]
        for file in ["words.html", "random.bin", "one-nul", "empty", "archive.zip", "server.log", "nul-in.log"] {
            let bytes = try Sample(file, "", .inline).bytes
            for (type, name) in active.flatMap({ type in names.map { (type, $0) } }) {
                let found = try detect(bytes, declared: type, as: name)
                #expect(!ActiveTypes.contains(found.type) && !active.contains(found.type), "\(file) \(type) \(name)")
            }
        }
    }

    @Test(
        "bytes that libmagic does not know keep a declared type only when it is passive",
        arguments: [
            ("image/heic", "image/heic"), ("VIDEO/Quux; a=b", "video/quux"), ("font/otf", "font/otf"),
            ("application/x-lz4", "application/x-lz4"), ("image/svg+xml", nil), ("audio/x-mpegurl", nil),
            ("text/html", nil),
            ("application/pdf", nil), ("text/javascript", nil), ("application/wasm", nil), ("image/*", nil),
            ("image/png\r\nX: y", nil), ("", nil), ("application/x-shockwave-flash", nil),
        ] as [(String, String?)]
    )
    func declaredType(_ declared: String, _ expected: String?) throws {
        let found = try detect(Sample("random.bin", "", .inline).bytes, declared: declared)
        #expect(found == MediaType(type: expected ?? MediaType.unknown))
    }

    @Test(
        "a hint from outside the family of the bytes is refused",
        arguments: [
            ("pixel.png", "a.docx", "application/zip"), ("page.pdf", "a.jar", "text/plain"),
            ("notes.7z", "a.docx", nil),
            ("python.docx", "a.xlsx", "application/epub+zip"), ("random.bin", "a.md", "text/markdown"),
            ("tone.mp3", "a.txt", "image/png"), ("one-nul", "a.docx", "application/msword"),
            ("libreoffice.doc", "a.docx", "application/zip"), ("program.elf", "a.log", "text/plain"),
            ("data.xml", "a.md", "text/plain"), ("photo.jpg", "a.svg", "image/svg+xml"),
        ] as [(String, String, String?)]
    )
    func refusedHints(_ file: String, _ filename: String, _ declared: String?) throws {
        let bytes = try Sample(file, "", .inline).bytes
        #expect(try detect(bytes, declared: declared, as: filename) == detect(bytes))
    }

    @Test("a character cut by the end of the sample is valid only when more bytes follow")
    func cutCharacter() throws {
        let bytes = ByteBuffer(bytes: Array("Grüße ☃".utf8.dropLast()))
        #expect(try detect(bytes, whole: false).charset == "utf-8")
        #expect(try detect(bytes, whole: true).charset != "utf-8")
        let long = ByteBuffer(string: "a" + String(repeating: "é", count: MediaTypeDetector.sampleBytes))
        #expect(try detect(long, whole: true) == MediaType(type: "text/plain", charset: "utf-8"))
    }

    @Test("many threads ask one detector at once and get the same answers")
    func concurrency() async throws {
        let detector = try Self.detector.get()
        let samples = Array(Sample.all.shuffled().prefix(60))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for sample in samples + samples + samples {
                let bytes = try sample.bytes
                group.addTask {
                    let found = try detector.detect(
                        sample: bytes,
                        isWhole: true,
                        declaredType: sample.declared,
                        filename: sample.filename
                    )
                    #expect(found.type == sample.type)
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("any bytes get an answer")
    func arbitraryBytes() throws {
        var random = SystemRandomNumberGenerator()
        let openings = try Sample.all.map { try $0.bytes }
        for round in 0..<500 {
            var bytes = openings[round % openings.count].readableBytesView.prefix(4_096).map(\.self)
            for _ in 0..<8 where !bytes.isEmpty {
                bytes[.random(in: bytes.indices)] = .random(in: 0...255, using: &random)
            }
            let found = try detect(ByteBuffer(bytes: bytes.prefix(.random(in: 0...4_096))))
            #expect(MediaType.normalisedDeclaredType(found.type) == found.type)
        }
    }

    @Test("bytes on which libmagic gives up are unknown, not an error")
    func brokenUTF32() throws {
        let bytes = ByteBuffer(bytes: [0xFF, 0xFE, 0, 0, 0, 0, 0, 0xC4])
        #expect(try detect(bytes) == MediaType(type: MediaType.unknown))
    }

    @Test("the version names the library")
    func version() throws {
        #expect(try Self.detector.get().version.hasPrefix("libmagic 5."))
    }
}
