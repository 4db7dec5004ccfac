import CMagic
import NIOCore
import Synchronization

/// Says what bytes are: reads text itself, asks libmagic about the rest, and puts both together by ``DetectionRules``.
/// Blocks, so call it off the event loop.
///
/// Thread-safe: a few handles are loaded once, and one thread at a time uses each. When all are busy, a caller waits. A
/// call takes some 0.1 ms, and at worst 2 ms; docs/performance.md has the figures.
package final class MediaTypeDetector: Sendable {
    /// How many first bytes `detect` wants. Archives, pictures and office files are recognised within 4 KiB, and tar at
    /// byte 257. But the mark of an ISO image is at 32 KiB, and JSON is recognised only when all of it is there.
    package static let sampleBytes = 65_536

    /// The library that answers, stored with the answer: `libmagic 5.44`.
    package let version: String

    private let handles: [MagicHandle]
    private let turn = Atomic(0)

    /// Loads the system's database; throws when there is none.
    package init() throws(MediaTypeError) {
        var handles: [MagicHandle] = []
        for _ in 0..<Self.handleCount { handles.append(try MagicHandle()) }
        self.handles = handles
        let number = magic_version()
        let (major, minor) = (number / 100, number % 100)
        version = "libmagic \(major).\(minor < 10 ? "0" : "")\(minor)"
    }

    /// The type of a file whose first bytes are `sample`; anything past `sampleBytes` is ignored.
    ///
    /// `isWhole` says that the sample is the whole file. `declaredType` is the `Content-Type` value that the client
    /// sent, and `filename` is any name; both only refine what the bytes say. Throws when libmagic itself fails.
    package func detect(
        sample: ByteBuffer,
        isWhole: Bool,
        declaredType: String?,
        filename: String
    ) throws(MediaTypeError) -> MediaType {
        let hints = TypeHints(declaredType: declaredType, filename: filename)
        guard sample.readableBytes > 0 else { return MediaType(type: DetectionRules.typeOfNothing(hints)) }
        return try Self.withSample(sample) { bytes throws(MediaTypeError) in
            let isCut = !isWhole || sample.readableBytes > bytes.count
            let isPlain = TextCoding.isPlainUTF8(bytes, isCut: isCut)
            if isPlain, let settled = DetectionRules.settledText(bytes, hints) { return settled }
            let isBinary = !isPlain && TextCoding.isNone(bytes)
            let answer = try ask(isPlain ? .dataInText : isBinary ? .binary : .bytes, bytes)
            let coding =
                isPlain ? TextCoding(charset: Charset.utf8) : TextCoding.of(bytes, isCut: isCut, answer: answer, hints)
            return DetectionRules.mediaType(SampleFacts(bytes, answer, coding, hints), hints)
        }
    }

    /// More than the worker threads that ask at the same time on a small machine. Further callers wait their turn.
    private static let handleCount = 4

    private func ask(
        _ question: MagicQuestion,
        _ bytes: UnsafeRawBufferPointer
    ) throws(MediaTypeError) -> MagicAnswer {
        for handle in handles {
            if let answer = try handle.answerIfIdle(question, bytes) { return answer }
        }
        let next = turn.wrappingAdd(1, ordering: .relaxed).newValue
        return try handles[Int(UInt(bitPattern: next) % UInt(handles.count))].answer(question, bytes)
    }

    private static func withSample<Answer>(
        _ sample: ByteBuffer,
        _ body: (UnsafeRawBufferPointer) throws(MediaTypeError) -> Answer
    ) throws(MediaTypeError) -> Answer {
        let result = sample.withUnsafeReadableBytes { bytes in
            Result { () throws(MediaTypeError) in
                try body(UnsafeRawBufferPointer(rebasing: bytes.prefix(sampleBytes)))
            }
        }
        return try result.get()
    }
}
