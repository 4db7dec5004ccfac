import HTTPTypes
import Hummingbird
import NIOCore
import Testing

@testable import HTTP

@Suite("Queries")
struct QueryTests {
    @Test(
        "a query is form-encoded, its names too, and what is no code stands for itself",
        arguments: [
            ("a=two+words", "two words"), ("a=two%20words", "two words"), ("a=1%2B1", "1+1"), ("a=1%2b1", "1+1"),
            ("%61=x", "x"), ("b=1&a=2&a=3", "2"), ("a", ""), ("a=", ""), ("a=b=c", "b=c"), ("a=%3D%26", "=&"),
            ("a=100%", "100%"), ("a=%4", "%4"), ("a=%zz%41", "%zzA"), ("a=%2541", "%41"), ("a=caf%C3%A9", "café"),
            ("a=e%CC%81", "e\u{301}"), ("a=+", " "), ("&&a=x&", "x"), ("b=a&A=a", nil), ("", nil), ("=a", nil),
            // Only looks like an a.
            ("%D0%B0=x", nil),
        ] as [(String, String?)]
    )
    func formEncoded(query: String, expected: String?) throws {
        let value = try request("/?\(query)").query("a")
        #expect(value.map { Array($0.utf8) } == expected.map { Array($0.utf8) })
    }

    @Test("a name in a query is the same code points", arguments: ["%C3%A9=x", "e%CC%81=x"])
    func names(query: String) throws {
        let found = try ["\u{e9}", "e\u{301}"].filter { try request("/?\(query)").query($0) != nil }
        #expect(found.count == 1)
    }

    // Found by fuzzing.
    @Test("a letter that combines with the sign between two pairs does not join them")
    func combining() throws {
        let query = FormQuery("b=1&\u{301}=2&a=3")
        #expect(query.without("b").map { Array($0.utf8) } == ["\u{301}=2", "a=3"].map { Array($0.utf8) })
    }

    @Test("what no text can be is 400", arguments: ["a=%FF", "a=%C3", "a=x%00", "a=%ED%A0%80"])
    func noText(query: String) {
        let error = #expect(throws: APIError.self) { try request("/?\(query)").query("a") }
        #expect(error?.status == .badRequest)
        #expect(error?.fields.map(\.path) == [["a"]])
    }

    @Test(
        "a body that is coded is 415 and says what is taken",
        arguments: [("gzip", true), ("br, identity", true), ("identity", false), ("", false), ("IDENTITY", false)]
    )
    func codedBodies(coding: String, isRefused: Bool) throws {
        let request = request("/", [.contentEncoding: coding])
        guard isRefused else { return try request.refuseCodedBody() }
        let error = #expect(throws: APIError.self) { try request.refuseCodedBody() }
        #expect(error?.status == .unsupportedMediaType)
        #expect(error?.headers[.acceptEncoding] == "identity")
    }

    private func request(_ path: String, _ headers: HTTPFields = [:]) -> Request {
        Request(
            head: HTTPRequest(
                method: .get,
                scheme: "http",
                authority: "localhost",
                path: path,
                headerFields: headers
            ),
            body: RequestBody(buffer: ByteBuffer())
        )
    }
}
