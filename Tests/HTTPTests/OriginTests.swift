import HTTPTypes
import Hummingbird
import NIOCore
import Testing

@testable import HTTP

@Suite("What a request says of the way it came")
struct OriginTests {
    private func request(_ host: String?, _ headers: HTTPFields = [:]) -> Request {
        let head = HTTPRequest(method: .post, scheme: "http", authority: host, path: "/", headerFields: headers)
        return Request(head: head, body: RequestBody(buffer: ByteBuffer()))
    }

    @Test(
        "links begin with the host that the client names, when it is one, and with https when the first proxy says so",
        arguments: [
            ("files.example.org", "https", "https://files.example.org"), ("a:3001", "http", "http://a:3001"),
            ("[::1]:3001", "HTTPS , http", "https://[::1]:3001"), ("a", "http, https", "http://a"),
            ("evil.example/x?", "https", ""), ("user:pw@evil.example", "https", ""), ("\"><script>", "https", ""),
            ("", "https", ""), ("a:b", "http", ""),
        ]
    )
    func origin(host: String, proto: String, origin: String) {
        #expect(request(host, [.forwardedProto: proto]).origin == origin)
    }

    @Test("without a host a link is a path alone, without a proxy it is http")
    func plain() {
        #expect(request(nil).origin == "")
        #expect(request("a").origin == "http://a")
    }

    @Test(
        "a cookie is found by its name alone",
        arguments: [
            ("access_token=hs_a", "hs_a"), ("a=b; access_token=hs_a", "hs_a"),
            ("a=b;\taccess_token=hs_a ; c=d", "hs_a "),
            ("acc ess_token=hs_a", nil), ("access_token", nil), ("xaccess_token=hs_a", nil),
        ]
    )
    func cookie(line: String, token: String?) {
        #expect(SessionCookie.token(in: [.cookie: line]) == token)
    }
}
