import Testing

@testable import MediaTypes

@Suite("How bytes are served")
struct ServingPolicyTests {
    static let inert = "default-src 'none'; sandbox"

    @Test(
        "pictures, sound, film and text are shown, in a sandbox, unless a download is asked for",
        arguments: [
            "image/png", "image/jpeg", "image/webp", "audio/mpeg", "video/mp4", "text/plain", "text/markdown",
            "text/csv",
            "text/x-python", "application/json", "application/x-ndjson", "application/yaml", "application/sql",
            "text/x-diff",
        ]
    )
    func passive(_ type: String) {
        for requested: ServingPolicy.Disposition? in [nil, .inline, .attachment] {
            let policy = ServingPolicy(type: type, charset: nil, requested: requested)
            #expect(policy.disposition == requested ?? .inline)
            #expect(policy.contentSecurityPolicy == Self.inert)
            #expect(policy.contentType == type)
        }
    }

    @Test(
        "active types are saved, and shown on request without script, network and origin",
        arguments: [
            "text/html", "image/svg+xml", "text/xml", "application/xml", "application/xhtml+xml", "application/rss+xml",
            "application/vnd.anything+xml", "text/xsl",
        ]
    )
    func active(_ type: String) {
        #expect(ServingPolicy(type: type, charset: nil, requested: nil).disposition == .attachment)
        #expect(ServingPolicy(type: type, charset: nil, requested: .attachment).disposition == .attachment)
        let shown = ServingPolicy(type: type, charset: "utf-8", requested: .inline)
        #expect(shown.disposition == .inline && shown.contentType == "\(type); charset=utf-8")
        let directives = shown.contentSecurityPolicy.split(separator: "; ")
        #expect(directives.contains("default-src 'none'") && directives.contains("sandbox"))
        #expect(!shown.contentSecurityPolicy.contains(/allow-|script-src|connect-src|https?:|'self'|\*/))
    }

    @Test("PDF is saved, and shown on request")
    func pdf() {
        #expect(ServingPolicy(type: "application/pdf", charset: nil, requested: nil).disposition == .attachment)
        let shown = ServingPolicy(type: "application/pdf", charset: nil, requested: .inline)
        #expect(shown.disposition == .inline && shown.contentSecurityPolicy == Self.inert)
    }

    @Test(
        "everything else is saved, also when inline is asked for",
        arguments: [
            "application/octet-stream", "application/zip", "application/wasm", "application/x-empty", "message/rfc822",
            "multipart/related", "text/rtf", "text/calendar", "font/woff2", "image/wmf", "image/x-eps",
            "audio/x-mpegurl",
            "application/x-shockwave-flash", "application/msword", "model/vrml", "text/unheard-of",
        ]
    )
    func other(_ type: String) {
        for requested: ServingPolicy.Disposition? in [nil, .inline, .attachment] {
            let policy = ServingPolicy(type: type, charset: nil, requested: requested)
            #expect(policy.disposition == .attachment && policy.contentSecurityPolicy == Self.inert)
        }
    }

    @Test(
        "no Content-Type lets a browser run a script, apply a style sheet or read utf-7, or splits a header",
        arguments: [
            ("text/javascript", nil, "text/plain"), ("application/x-javascript", nil, "text/plain"),
            ("text/css", "utf-8", "text/plain; charset=utf-8"), ("text/html", "utf-7", "text/html"),
            ("text/plain", "utf-16le", "text/plain; charset=utf-16le"),
            ("a/b\r\nX: y", nil, "application/octet-stream"),
            ("text/plain", "x\r\nY: z", "text/plain"), ("", nil, "application/octet-stream"),
        ] as [(String, String?, String)]
    )
    func contentType(_ type: String, _ charset: String?, _ expected: String) {
        #expect(ServingPolicy(type: type, charset: charset, requested: nil).contentType == expected)
    }

    @Test("Markdown, plain, HTML and CSV carry their text inline, nothing else does")
    func inlineText() {
        for type in ["text/markdown", "text/plain", "text/html", "text/csv"] {
            #expect(MediaType.hasInlineText(type: type))
        }
        for type in ["application/json", "text/x-python", "image/svg+xml", "text/rtf", "application/octet-stream"] {
            #expect(!MediaType.hasInlineText(type: type))
        }
    }

    @Test(
        "a Content-Type value is read or refused, never repaired",
        arguments: [
            ("text/plain", "text/plain"), (" Text/HTML ;charset=x", "text/html"), ("image/svg+xml", "image/svg+xml"),
            ("text/plain; a=\"b;c\"", "text/plain"), ("text", nil), ("text/", nil), ("/plain", nil), ("a/b/c", nil),
            ("text/pl ain", nil), ("text/plain\n", nil), ("text/plain;\u{0}", nil), ("text/plÄin", nil), ("*/*", nil),
            ("text/plain, text/html", nil), ("", nil), (nil, nil), ("a/" + String(repeating: "b", count: 254), nil),
            ("a/" + String(repeating: "b", count: 253), "a/" + String(repeating: "b", count: 253)),
        ] as [(String?, String?)]
    )
    func declared(_ value: String?, _ expected: String?) {
        #expect(MediaType.normalisedDeclaredType(value) == expected)
    }
}
