import Crypto
import HTTPTypes
import Hummingbird
import NIOCore

/// An answer whose bytes do not depend on the request: a file of the program, a picture, the page of a plugin.
///
/// It has a strong `ETag` made from the bytes, and answers 304 to a client that already has them (RFC 9110 section
/// 13.1.2). Making one costs a SHA-256 of the bytes, 0.6 ms for each MiB. Those of the program's own files are made
/// once, at start.
package struct StaticAnswer: Sendable {
    /// The bytes as they are sent, with a tag of their own.
    private struct Form: Sendable {
        let bytes: ByteBuffer
        let etag: String

        init(_ bytes: ByteBuffer) {
            let digest = bytes.withUnsafeReadableBytes { buffer in
                var hash = SHA256()
                hash.update(bufferPointer: buffer)
                return hash.finalize()
            }
            self.bytes = bytes
            etag = "\"sha256-\(digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())\""
        }
    }

    private let plain: Form
    private let gzipped: Form?
    private var headers: HTTPFields

    /// Bytes of our own.
    ///
    /// - Parameters:
    ///   - gzipped: the same as a gzip file, for clients that take it.
    ///   - type: the media type. Browsers do not guess another one.
    ///   - policy: what a page may do (`Content-Security-Policy`); nil for anything that is not shown as a page.
    ///   - cache: `Cache-Control`. With the default, clients keep the bytes and ask before each use.
    package init(
        _ bytes: ByteBuffer,
        gzipped: ByteBuffer? = nil,
        type: String,
        policy: String? = nil,
        cache: String = "no-cache"
    ) {
        plain = Form(bytes)
        self.gzipped = gzipped.map(Form.init)
        var headers: HTTPFields = [.contentType: type, .cacheControl: cache, .xContentTypeOptions: "nosniff"]
        headers[.contentSecurityPolicy] = policy
        if gzipped != nil { headers[.vary] = "Accept-Encoding" }
        self.headers = headers
    }

    /// Bytes from somebody else. Only our own pages may show them, and requests from them carry no referrer.
    package init(foreign bytes: ByteBuffer, type: String, policy: String, cache: String = "private, no-cache") {
        var answer = StaticAnswer(bytes, type: type, policy: policy, cache: cache)
        answer.headers[.crossOriginResourcePolicy] = "same-origin"
        answer.headers[.referrerPolicy] = "no-referrer"
        self = answer
    }

    package func response(to request: Request) -> Response {
        let compressed = Self.takesGzip(request.headers[.acceptEncoding]) ? gzipped : nil
        let form = compressed ?? plain
        var headers = headers
        headers[.eTag] = form.etag
        guard !Self.names(request.headers[.ifNoneMatch], form.etag) else {
            return Response(status: .notModified, headers: headers.filter { Self.validators.contains($0.name) })
        }
        if compressed != nil { headers[.contentEncoding] = "gzip" }
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: form.bytes))
    }

    /// The headers that 304 repeats (RFC 9110 section 15.4.5).
    private static let validators: Set<HTTPField.Name> = [.eTag, .cacheControl, .vary]

    private static func names(_ tags: String?, _ etag: String) -> Bool {
        (tags ?? "").split(separator: ",").contains { ["*", etag, "W/\(etag)"].contains(String($0.trimmed)) }
    }

    /// Whether gzip is named, and not with the weight 0 (RFC 9110 section 12.5.3). All browsers name it.
    private static func takesGzip(_ codings: String?) -> Bool {
        (codings ?? "").lowercased().split(separator: ",").contains { coding in
            let parts = coding.split(separator: ";").map { String($0.trimmed) }
            return parts.first == "gzip" && parts.dropFirst().allSatisfy { $0.wholeMatch(of: /q=0(\.0*)?/) == nil }
        }
    }
}

extension HTTPField.Name {
    package static let referrerPolicy = HTTPField.Name("referrer-policy")!
}
