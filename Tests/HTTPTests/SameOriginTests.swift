import HTTPTypes
import Hummingbird
import NIOCore
import Testing

@testable import HTTP

@Suite("What another site makes a browser send")
struct SameOriginTests {
    private func refusal(_ host: String?, _ headers: HTTPFields, _ method: HTTPRequest.Method = .post) -> APIError? {
        let head = HTTPRequest(method: method, scheme: "http", authority: host, path: "/", headerFields: headers)
        let request = Request(head: head, body: RequestBody(buffer: ByteBuffer()))
        do throws(APIError) {
            try request.refuseIfFromElsewhere(Client(address: nil, isSecure: false, authority: host))
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "the same host is the same site, in any script and with or without the port that its scheme has anyway",
        arguments: [
            ("xn--bcher-kva.example", "https://xn--bcher-kva.example"),
            ("placet.example:443", "https://placet.example"),
            ("placet.example", "https://placet.example:443"), ("placet.example:80", "http://placet.example"),
            ("Placet.Example", "https://placet.example"), ("a:3001", "http://a:3001"), ("[::1]:80", "http://[::1]"),
        ]
    )
    func same(host: String, origin: String) {
        #expect(refusal(host, [.origin: origin]) == nil)
    }

    @Test(
        "another host or port is another site, and so is what has no origin to show",
        arguments: [
            ("placet.example", "https://evil.example"), ("placet.example", "https://xplacet.example"),
            ("placet.example:443", "http://placet.example"), ("a:3001", "http://a:3002"), ("a", "null"), ("a", "a"),
            ("xn--bcher-kva.example", "https://bücher.example"), (nil, "https://a"),
        ]
    )
    func other(host: String?, origin: String) {
        #expect(refusal(host, [.origin: origin])?.status == .forbidden)
    }

    @Test("what the browser itself says of the site holds, also behind a proxy that replaces Host")
    func fetchMetadata() {
        let elsewhere: HTTPFields = [.origin: "https://placet.example"]
        #expect(refusal("127.0.0.1:3001", elsewhere.with(.secFetchSite, "same-origin")) == nil)
        #expect(refusal("placet.example", elsewhere.with(.secFetchSite, "cross-site"))?.status == .forbidden)
        #expect(refusal("placet.example", [.secFetchSite: "same-site"])?.status == .forbidden)
    }

    @Test("the refusal names both hosts, and what a proxy must pass on")
    func sentence() throws {
        let message = try #require(refusal("10.0.0.2:3001", [.origin: "https://placet.example"])).message
        for part in [
            "https://placet.example", "10.0.0.2:3001", "pass Host", "X-Forwarded-Host", "PLACET_TRUSTED_PROXIES",
        ] {
            #expect(message.contains(part))
        }
    }

    @Test("a GET that something opened as a page is refused where the browser does not say who; programs are not")
    func navigation() {
        let page: HTTPFields = [.accept: "text/html,application/xhtml+xml,*/*;q=0.8"]
        #expect(refusal("a", page, .get)?.status == .forbidden)
        #expect(refusal("a", page.with(.secFetchSite, "none"), .get) == nil)
        #expect(refusal("a", page.with(.authorization, "Bearer hs_x"), .get) == nil)
        #expect(refusal("a", [.accept: "*/*"], .get) == nil)
    }

    @Test("where nothing else says it, the page that names a picture or a script says whose it is")
    func referer() {
        for page in ["https://evil.example/a", "http://a.evil.example", "http://b:1/?http://a/", "about:blank"] {
            #expect(refusal("a", [.referer: page], .get)?.status == .forbidden, "\(page)")
        }
        for page in ["http://a/", "https://a", "http://A:80/b?c=http://b/#d"] {
            #expect(refusal("a", [.referer: page], .get) == nil, "\(page)")
        }
        let bySite: HTTPFields = [.referer: "https://evil.example/", .secFetchSite: "same-origin"]
        #expect(refusal("a", bySite, .get) == nil)
        #expect(refusal("a", [.referer: "http://a/", .accept: "text/html"], .get)?.status == .forbidden)
    }
}

extension HTTPFields {
    fileprivate func with(_ name: HTTPField.Name, _ value: String) -> HTTPFields {
        var fields = self
        fields[name] = value
        return fields
    }
}

@Suite("Session cookies")
struct SessionCookieTests {
    private let plain = Client(address: nil, isSecure: false, authority: nil)
    private let secure = Client(address: nil, isSecure: true, authority: nil)

    @Test(
        "every cookie of either name is found, those over TLS first",
        arguments: [
            ("access_token=hs_a", ["hs_a"]), ("a=b; access_token=hs_a", ["hs_a"]),
            ("a=b;\taccess_token=hs_a ; c=d", ["hs_a"]), ("access_token=other; access_token=hs_a", ["other", "hs_a"]),
            ("access_token=hs_a; __Host-placet=hs_b", ["hs_b", "hs_a"]), ("acc ess_token=hs_a", []),
            ("access_token", []), ("xaccess_token=hs_a", []), ("__host-placet=hs_a", []),
        ]
    )
    func values(line: String, values: [String]) {
        #expect(SessionCookie.values(in: [.cookie: line]) == values)
    }

    @Test("only what looks like one of our tokens is looked up, and few of those; a bearer token stands alone")
    func tokens() {
        func tokens(_ headers: HTTPFields) -> [String] {
            let head = HTTPRequest(method: .get, scheme: "http", authority: "a", path: "/", headerFields: headers)
            return Request(head: head, body: RequestBody(buffer: ByteBuffer())).sessionTokens
        }
        let ours = Secret(.session).text
        #expect(tokens([.cookie: "access_token=other; access_token=\(ours)"]) == [ours])
        #expect(
            tokens([.cookie: Array(repeating: "access_token=\(ours)", count: 1000).joined(separator: ";")]).count == 8
        )
        #expect(tokens([.cookie: "access_token=\(ours)", .authorization: "Bearer x"]) == ["x"])
    }

    @Test("over TLS the name binds the cookie to this host; taking it away takes both")
    func headers() {
        let attributes = "Path=/; Max-Age=60; HttpOnly; SameSite=Lax"
        #expect(SessionCookie.header("t", maxAge: .seconds(60), for: plain).value == "access_token=t; \(attributes)")
        let overTLS = SessionCookie.header("t", maxAge: .seconds(60), for: secure).value
        #expect(overTLS == "__Host-placet=t; \(attributes); Secure")
        for client in [plain, secure] {
            let removal = SessionCookie.removal(for: client).map(\.value)
            #expect(removal[0] == "__Host-placet=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure")
            #expect(removal[1].hasPrefix("access_token=; Path=/; Max-Age=0"))
        }
    }
}
