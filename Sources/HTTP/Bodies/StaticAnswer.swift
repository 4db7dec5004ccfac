import Crypto
import HTTPTypes
import Hummingbird
import NIOCore

/// An answer whose bytes do not depend on the request: a file of the program, a picture, the page of a plugin.
///
/// Has a strong `ETag` of the bytes, and answers 304 to a client that has them (RFC 9110 section 13.1.2). Making one costs
/// their SHA-256, 0.6 ms for each MiB; those of files of the program are made once, at the start.
package struct StaticAnswer: Sendable {
    private let bytes: ByteBuffer
    private var headers: HTTPFields
    private let etag: String

    /// Bytes of ours.
    ///
    /// - Parameters:
    ///   - type: the media type; browsers take the bytes for nothing else.
    ///   - policy: what a page may do (`Content-Security-Policy`); nil for what is not shown as one.
    ///   - cache: `Cache-Control`. As it is by default clients keep the bytes, and ask before each use.
    package init(_ bytes: ByteBuffer, type: String, policy: String? = nil, cache: String = "no-cache") {
        let digest = bytes.withUnsafeReadableBytes { buffer in
            var hash = SHA256()
            hash.update(bufferPointer: buffer)
            return hash.finalize()
        }
        self.bytes = bytes
        etag = "\"sha256-\(digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())\""
        var headers: HTTPFields = [
            .contentType: type, .cacheControl: cache, .eTag: etag, .xContentTypeOptions: "nosniff",
        ]
        headers[.contentSecurityPolicy] = policy
        self.headers = headers
    }

    /// Bytes that somebody else made: only pages of ours may show them, and they tell no site where they stand.
    package init(foreign bytes: ByteBuffer, type: String, policy: String, cache: String = "private, no-cache") {
        var answer = StaticAnswer(bytes, type: type, policy: policy, cache: cache)
        answer.headers[.crossOriginResourcePolicy] = "same-origin"
        answer.headers[.referrerPolicy] = "no-referrer"
        self = answer
    }

    package func response(to request: Request) -> Response {
        guard !isKnown(request.headers[.ifNoneMatch]) else {
            return Response(status: .notModified, headers: headers.filter { Self.validators.contains($0.name) })
        }
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: bytes))
    }

    /// What 304 repeats (RFC 9110 section 15.4.5).
    private static let validators: Set<HTTPField.Name> = [.eTag, .cacheControl]

    private func isKnown(_ tags: String?) -> Bool {
        (tags ?? "").split(separator: ",").contains { ["*", etag, "W/\(etag)"].contains(String($0.trimmed)) }
    }
}

extension HTTPField.Name {
    package static let referrerPolicy = HTTPField.Name("referrer-policy")!
}
