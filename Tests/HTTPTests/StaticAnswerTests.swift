import Crypto
import HTTPTypes
import Hummingbird
import NIOCore
import Testing

@testable import HTTP

@Suite("Static answers")
struct StaticAnswerTests {
    private static let etag = "\"sha256-\(SHA256.hash(data: Array("hello".utf8)).hex)\""

    private let answer = StaticAnswer(ByteBuffer(string: "hello"), type: "text/css", policy: "default-src 'none'")

    @Test("it has its type, a strong tag of its bytes, a policy, and is asked about before each use")
    func headers() {
        let response = answer.response(to: request())
        #expect(response.status == .ok && response.body.contentLength == 5)
        #expect(response.headers[.contentType] == "text/css")
        #expect(response.headers[.eTag] == Self.etag)
        #expect(response.headers[.cacheControl] == "no-cache")
        #expect(response.headers[.contentSecurityPolicy] == "default-src 'none'")
        #expect(response.headers[.xContentTypeOptions] == "nosniff")
        #expect(response.headers[.crossOriginResourcePolicy] == nil)
    }

    @Test("a client that has the bytes gets 304 without them", arguments: [etag, "W/\(etag)", "\"a\", \(etag)", "*"])
    func known(tags: String) {
        let response = answer.response(to: request(tags))
        #expect(response.status == .notModified && (response.body.contentLength ?? 0) == 0)
        #expect(response.headers[.eTag] == Self.etag && response.headers[.cacheControl] == "no-cache")
        #expect(response.headers[.contentType] == nil)
    }

    @Test("a client that has other bytes gets these", arguments: ["\"a\"", "sha256", ""])
    func unknown(tags: String) {
        #expect(answer.response(to: request(tags)).status == .ok)
    }

    @Test("what somebody else made stays in our pages, and in private caches")
    func foreign() {
        let answer = StaticAnswer(foreign: ByteBuffer(string: "a"), type: "image/svg+xml", policy: "sandbox")
        let headers = answer.response(to: request()).headers
        #expect(headers[.crossOriginResourcePolicy] == "same-origin")
        #expect(headers[.referrerPolicy] == "no-referrer")
        #expect(headers[.cacheControl] == "private, no-cache")
    }

    private func request(_ tags: String? = nil) -> Request {
        var head = HTTPRequest(method: .get, scheme: nil, authority: nil, path: "/")
        head.headerFields[.ifNoneMatch] = tags
        return Request(head: head, body: RequestBody(buffer: ByteBuffer()))
    }
}

extension SHA256.Digest {
    fileprivate var hex: String { map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
}
