import CMagic
import NIOCore
import Synchronization

/// Says what bytes are: asks libmagic, and refines its answer by ``DetectionRules``. Blocks, so call it off the event
/// loop.
///
/// Thread-safe: a few handles are loaded once, and one thread at a time uses each. When all are busy, a caller waits. A
/// call takes 0.1 to 3 ms, and at worst some 10 ms; docs/media-types.md has the figures.
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
            if let settled = DetectionRules.settledText(bytes, isCut: isCut, hints) { return settled }
            let answer = try ask(bytes.beforeLongBlank)
            return DetectionRules.mediaType(SampleFacts(bytes, isCut: isCut, answer: answer, hints), hints)
        }
    }

    /// What libmagic alone says about the sample. For the table in docs/media-types.md.
    package func libmagicAnswer(sample: ByteBuffer) throws(MediaTypeError) -> MagicAnswer {
        try Self.withSample(sample) { bytes throws(MediaTypeError) in try ask(bytes.beforeLongBlank) }
    }

    /// More than the worker threads that ask at the same time on a small machine. Further callers wait their turn.
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

extension UnsafeRawBufferPointer {
    /// These bytes up to a run of some 1000 blanks or line ends, if they have one, with 512 of it. The time that libmagic
    /// takes for such a run grows with its square: 0.15 s for 64 KiB.
    fileprivate var beforeLongBlank: UnsafeRawBufferPointer {
        // A run of twice the step has two neighbouring steps in it, so few bytes have to be looked at.
        let step = 512
        for start in stride(from: 0, to: count - step, by: step) where isBlank(start) && isBlank(start + step) {
            if (start...start + step).allSatisfy(isBlank) {
                return UnsafeRawBufferPointer(rebasing: prefix(start + step))
            }
        }
        return self
    }

    private func isBlank(_ position: Int) -> Bool { " \t\n\r".utf8.contains(self[position]) }
}
