import CMagic
import Synchronization

/// What libmagic says about bytes, before our own rules.
package struct MagicAnswer: Sendable, Equatable {
    /// A media type in lower case; `application/octet-stream` when libmagic does not know.
    package var type: String
    /// libmagic's name for the text encoding; `binary` when the bytes are not text.
    package var encoding: String

    /// Reads `image/png; charset=binary`. libmagic sometimes joins two answers into one; such a type counts as unknown.
    /// An unknown type with the encoding of a text is text: libmagic was not asked which.
    init(mime: String) {
        encoding = mime.split(separator: "charset=").dropFirst().last.map(String.init) ?? "binary"
        let known = MediaType.normalisedDeclaredType(mime).flatMap { $0 == MediaType.unknown ? nil : $0 }
        type = known ?? (encoding == "binary" ? MediaType.unknown : TextTypes.plain)
    }
}

/// What libmagic is asked, as the checks that it leaves out.
///
/// It is never asked what kind of text a text is. That costs it 2 ms for any text, and for a run of line ends time that
/// grows with its square: 70 ms for 4 KiB. And it never decompresses, for which it would start another program.
struct MagicQuestion {
    let flags: Int32
    /// How many bytes are judged to be text or not. CSV is only found in text.
    let encodingBytes: Int

    /// What bytes are that may be anything, and how they are encoded if they are text.
    static let bytes = MagicQuestion(without: MAGIC_NO_CHECK_TEXT)

    /// What bytes are that are surely no text. The look at each byte for its encoding is a fifth of the work.
    static let binary = MagicQuestion(without: MAGIC_NO_CHECK_TEXT | MAGIC_NO_CHECK_ENCODING)

    /// Whether UTF-8 text is JSON, NDJSON or CSV.
    static let dataInText = MagicQuestion(
        without: MAGIC_NO_CHECK_TEXT | MAGIC_NO_CHECK_SOFT | MAGIC_NO_CHECK_TAR | MAGIC_NO_CHECK_ELF
            | MAGIC_NO_CHECK_CDF | MAGIC_NO_CHECK_APPTYPE | MAGIC_NO_CHECK_TOKENS,
        encodingBytes: 64
    )

    init(without checks: Int32, encodingBytes: Int = MediaTypeDetector.sampleBytes) {
        flags = MAGIC_MIME_TYPE | MAGIC_MIME_ENCODING | MAGIC_NO_CHECK_COMPRESS | checks
        self.encodingBytes = encodingBytes
    }
}

/// One libmagic cookie with its database. A cookie keeps state between calls, so one thread uses it at a time.
final class MagicHandle: Sendable {
    /// libmagic's state. Sendable because only the mutex below hands it out.
    private struct Cookie: @unchecked Sendable {
        let pointer: OpaquePointer
    }

    private let cookie: Mutex<Cookie>

    /// Maps the system's compiled database. Takes about 0.1 ms; handles share the pages.
    init() throws(MediaTypeError) {
        guard let cookie = magic_open(MagicQuestion.bytes.flags) else {
            throw .databaseUnavailable(reason: "magic_open failed")
        }
        guard magic_load(cookie, nil) == 0 else {
            defer { magic_close(cookie) }
            throw .databaseUnavailable(reason: Self.reason(cookie))
        }
        for (parameter, limit) in Self.limits { Self.limit(cookie, parameter, to: limit) }
        self.cookie = Mutex(Cookie(pointer: cookie))
    }

    deinit {
        cookie.withLock { magic_close($0.pointer) }
    }

    /// The answer. Waits while another thread uses the handle.
    func answer(
        _ question: MagicQuestion,
        _ bytes: UnsafeRawBufferPointer
    ) throws(MediaTypeError) -> MagicAnswer {
        try cookie.withLock { cookie throws(MediaTypeError) in try Self.ask(cookie.pointer, question, bytes) }
    }

    /// The answer, or nil at once if another thread is using the handle.
    func answerIfIdle(
        _ question: MagicQuestion,
        _ bytes: UnsafeRawBufferPointer
    ) throws(MediaTypeError) -> MagicAnswer? {
        try cookie.withLockIfAvailable { cookie throws(MediaTypeError) in
            try Self.ask(cookie.pointer, question, bytes)
        }
    }

    /// What one call may use.
    private static let limits: [(parameter: Int32, limit: Int)] = [
        (MAGIC_PARAM_BYTES_MAX, MediaTypeDetector.sampleBytes),
        (MAGIC_PARAM_REGEX_MAX, 4_096),
        (MAGIC_PARAM_INDIR_MAX, 15),
        (MAGIC_PARAM_NAME_MAX, 50),
        (MAGIC_PARAM_ELF_PHNUM_MAX, 128),
        (MAGIC_PARAM_ELF_SHNUM_MAX, 1_024),
        (MAGIC_PARAM_ELF_NOTES_MAX, 64),
    ]

    private static func ask(
        _ cookie: OpaquePointer,
        _ question: MagicQuestion,
        _ bytes: UnsafeRawBufferPointer
    ) throws(MediaTypeError) -> MagicAnswer {
        magic_setflags(cookie, question.flags)
        limit(cookie, MAGIC_PARAM_ENCODING_MAX, to: question.encodingBytes)
        if let mime = magic_buffer(cookie, bytes.baseAddress, bytes.count) {
            return MagicAnswer(mime: String(cString: mime))
        }
        // No answer and no errno: the bytes confused libmagic, as broken UTF-32 does in 5.44. The system is not at
        // fault.
        guard magic_errno(cookie) != 0 else { return MagicAnswer(mime: MediaType.unknown) }
        throw .detectionFailed(reason: reason(cookie))
    }

    private static func limit(_ cookie: OpaquePointer, _ parameter: Int32, to limit: Int) {
        withUnsafePointer(to: limit) { _ = magic_setparam(cookie, parameter, $0) }
    }

    private static func reason(_ cookie: OpaquePointer) -> String {
        magic_error(cookie).map { String(cString: $0) } ?? "no reason given"
    }
}
