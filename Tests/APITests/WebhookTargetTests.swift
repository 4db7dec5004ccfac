import Testing

@testable import API

@Suite("URLs of webhooks")
struct WebhookTargetTests {
    @Test(
        "What is not an absolute http or https URL with a usable host is refused",
        arguments: [
            "", "example.org", "/hook", "ftp://example.org/", "file:///etc/passwd", "http://", "http:///x",
            "unix:///run/x.sock", "http+unix://%2Frun%2Fx.sock/", "gopher://example.org/",
            "http://user@example.org/", "http://user:secret@example.org/", "http://:secret@example.org/",
            "http://@example.org/", "http://example.org:0/", "http://example.org:65536/",
            "http://[fe80::1%25eth0]/", "http://%31%32%37.0.0.1/", "http://exa mple.org/", "http://exam\tple.org/",
            "http://ex%61mple.org/", "http://[::1", "http://[::g]/", "http://a..b/", "http://.a/", "http://./",
            "http://münchen.example/", "http://a:b/", "http://a:-1/", "http://a:99999999999999999999/",
            "http://\(String(repeating: "a", count: 64)).example/", "http://a,b/", "http://a\\@b/",
        ]
    )
    func refused(url: String) {
        #expect(throws: WebhookTarget.Problem.self) { try WebhookTarget(url) }
    }

    @Test(
        "The URL that is asked for is put together from what was judged",
        arguments: [
            ("http://example.org", "http://example.org:80/"),
            ("HTTPS://Example.ORG./a%20b?c=%26&d#e", "https://example.org:443/a%20b?c=%26&d"),
            ("http://example.org:8080/?", "http://example.org:8080/?"),
            ("http://[0:0::1]:9/x", "http://[::1]:9/x"),
            ("http://127.0.0.1/a@b:c", "http://127.0.0.1:80/a@b:c"),
            ("http://2130706433/", "http://2130706433:80/"),
            ("http://example.org?x=1", "http://example.org:80/?x=1"),
        ]
    )
    func rebuilt(given: String, asked: String) throws {
        #expect(try WebhookTarget(given).url == asked)
    }

    @Test(
        "Two URLs are of one origin when scheme, host and port are the same, however they are written",
        arguments: [
            ("http://a.example/x", "http://A.example:80/y?z", true),
            ("https://a.example/", "HTTPS://a.example.:443", true),
            ("http://[::1]/", "http://[0:0:0:0:0:0:0:1]:80/", true),
            ("http://a.example/", "https://a.example/", false),
            ("http://a.example/", "http://a.example:8080/", false),
            ("http://a.example/", "http://b.a.example/", false),
            ("http://a.example/", "http://a.example.evil/", false),
            ("http://a.example:443/", "https://a.example/", false),
        ]
    )
    func origins(one: String, other: String, areSame: Bool) throws {
        #expect(try (WebhookTarget(one).origin == WebhookTarget(other).origin) == areSame)
    }
}
