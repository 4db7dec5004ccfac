import CMagic
import Synchronization

/// What libmagic says about bytes, before our own rules.
package struct MagicAnswer: Sendable, Equatable {
    /// A media type in lower case; `application/octet-stream` when libmagic does not know.
    package var type: String
    /// libmagic's name for the text encoding; `binary` when the bytes are not text.
    package var encoding: String

    /// Reads `text/plain; charset=us-ascii`. libmagic sometimes joins two answers into one; such a type counts as
    /// unknown.
    init(mime: String) {
        type = MediaType.normalisedDeclaredType(mime) ?? MediaType.unknown
        encoding = mime.split(separator: "charset=").dropFirst().last.map(String.init) ?? "binary"
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
        guard let cookie = magic_open(Self.flags) else {
            throw .databaseUnavailable(reason: "magic_open failed")
        }
        guard magic_load(cookie, nil) == 0 else {
            defer { magic_close(cookie) }
            throw .databaseUnavailable(reason: Self.reason(cookie))
        }
        for (parameter, limit) in Self.limits {
            withUnsafePointer(to: limit) { _ = magic_setparam(cookie, parameter, $0) }
        }
        self.cookie = Mutex(Cookie(pointer: cookie))
    }

    deinit {
        cookie.withLock { magic_close($0.pointer) }
    }

    /// The answer. Waits while another thread uses the handle.
    func answer(_ bytes: UnsafeRawBufferPointer) throws(MediaTypeError) -> MagicAnswer {
        try cookie.withLock { cookie throws(MediaTypeError) in try Self.ask(cookie.pointer, bytes) }
    }

    /// The answer, or nil at once if another thread is using the handle.
    func answerIfIdle(_ bytes: UnsafeRawBufferPointer) throws(MediaTypeError) -> MagicAnswer? {
        try cookie.withLockIfAvailable { cookie throws(MediaTypeError) in try Self.ask(cookie.pointer, bytes) }
    }

    /// Looks only at the given bytes: runs no decompressor (which would be another program) and opens no file.
    private static let flags = MAGIC_MIME_TYPE | MAGIC_MIME_ENCODING | MAGIC_NO_CHECK_COMPRESS

    /// What one call may use. `REGEX_MAX` is half its default, which halves the worst case: a sample of nothing but
    /// newlines.
    private static let limits: [(parameter: Int32, limit: Int)] = [
        (MAGIC_PARAM_BYTES_MAX, MediaTypeDetector.sampleBytes),
        (MAGIC_PARAM_ENCODING_MAX, MediaTypeDetector.sampleBytes),
        (MAGIC_PARAM_REGEX_MAX, 4_096),
        (MAGIC_PARAM_INDIR_MAX, 15),
        (MAGIC_PARAM_NAME_MAX, 50),
        (MAGIC_PARAM_ELF_PHNUM_MAX, 128),
        (MAGIC_PARAM_ELF_SHNUM_MAX, 1_024),
        (MAGIC_PARAM_ELF_NOTES_MAX, 64),
    ]

    private static func ask(
        _ cookie: OpaquePointer,
        _ bytes: UnsafeRawBufferPointer
    ) throws(MediaTypeError) -> MagicAnswer {
        if let mime = magic_buffer(cookie, bytes.baseAddress, bytes.count) {
            return MagicAnswer(mime: String(cString: mime))
        }
        // No answer and no errno: the bytes confused libmagic, as broken UTF-32 does in 5.44. The system is not at
        // fault.
        guard magic_errno(cookie) != 0 else { return MagicAnswer(mime: MediaType.unknown) }
        throw .detectionFailed(reason: reason(cookie))
    }

    private static func reason(_ cookie: OpaquePointer) -> String {
        magic_error(cookie).map { String(cString: $0) } ?? "no reason given"
    }
}
