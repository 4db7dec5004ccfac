import CMagic
import NIOCore
import Synchronization

/// What bytes are, asked of libmagic and refined by `DetectionRules`; blocking, call it off the event loop.
///
/// Thread-safe: a few handles are loaded once, each used by one thread at a time; when all are busy a caller waits.
/// A call costs 0.1 to 3 ms, at worst about 0.15 s (64 KiB of newlines); docs/media-types.md has the figures.
package final class MediaTypeDetector: Sendable {
    /// How many first bytes `detect` wants. Archives, pictures and office files tell in 4 KiB and tar at 257, but the
    /// mark of an ISO image stands at 32 KiB, and JSON is recognised only when all of it is seen.
    package static let sampleBytes = 65_536

    /// The library that answers, kept beside the answer: `libmagic 5.44`.
    package let version: String

    private let handles: [MagicHandle]
    private let turn = Atomic(0)

    /// Loads the database of the system; fails when there is none.
    package init() throws(MediaTypeError) {
        var handles: [MagicHandle] = []
        for _ in 0..<Self.handleCount { handles.append(try MagicHandle()) }
        self.handles = handles
        let number = magic_version()
        let (major, minor) = (number / 100, number % 100)
        version = "libmagic \(major).\(minor < 10 ? "0" : "")\(minor)"
    }

    /// The type of a file whose first bytes are `sample` (the part past `sampleBytes` is not looked at).
    ///
    /// `isWhole` says that the sample is the whole file. `declaredType` is a `Content-Type` value as the client sent
    /// it and `filename` any name; both only refine what the bytes say. Throws when libmagic itself fails.
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
            if let settled = DetectionRules.settledText(bytes, isCut: isCut, hints) { return settled }
            let answer = try ask(bytes)
            return DetectionRules.mediaType(SampleFacts(bytes, isCut: isCut, answer: answer), hints)
        }
    }

    /// What libmagic alone says about the sample; for the table in docs/media-types.md.
    package func libmagicAnswer(sample: ByteBuffer) throws(MediaTypeError) -> MagicAnswer {
        try Self.withSample(sample, ask)
    }

    /// More than the worker threads that will ask at once on a small machine; further callers wait their turn.
    private static let handleCount = 4

    private func ask(_ bytes: UnsafeRawBufferPointer) throws(MediaTypeError) -> MagicAnswer {
        for handle in handles {
            if let answer = try handle.answerIfIdle(bytes) { return answer }
        }
        let next = turn.wrappingAdd(1, ordering: .relaxed).newValue
        return try handles[Int(UInt(bitPattern: next) % UInt(handles.count))].answer(bytes)
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
