import CAssets
import Foundation
import HTTP
import HTTPTypes
import JSON
import NIOCore
import TestSupport
import Testing

@Suite("The dashboard")
struct DashboardTests {
    @Test(
        "every view has a path of its own, which answers the one page to anybody, with its policy",
        arguments: [
            "/", "/sign-in", "/inbox", "/inbox/answered", "/inbox/pending/m-1", "/channels", "/channels/c-1",
            "/files/f-1?from=m-1",
        ]
    )
    func pages(path: String) async throws {
        try await withServer { server in
            let page = try await server.send(.get, path)
            #expect(page.status == 200 && page.text.hasPrefix("<!doctype html>"))
            #expect(page.headers[.contentType] == "text/html; charset=utf-8")
            #expect(page.headers[.cacheControl] == "no-cache")
            let policy = try #require(page.headers[.contentSecurityPolicy])
            #expect(policy.contains("default-src 'none'") && policy.contains("require-trusted-types-for 'script'"))
            #expect(policy.contains("frame-src 'self'") && policy.contains("frame-ancestors 'none'"))
            #expect(!policy.contains("unsafe") && !policy.contains("*"))
        }
    }

    @Test("the page begins with one script, which has what the inbox needs, and says how large a file may be")
    func beginning() async throws {
        try await withServer { server in
            let page = try await server.send(.get, "/inbox").text
            #expect(page.matches(of: /<script/).count == 2 && page.matches(of: /rel="stylesheet"/).count == 1)
            #expect(page.contains(#"id="icon-inbox""#) && !page.contains("{{"))
            #expect(page.contains(#"<meta name="upload-limit" content="1073741824">"#))
            let script = try await server.send(.get, Self.folder(server) + "/app.js").text
            #expect(script.contains("function reviewCard(") && script.contains("import(\"./channel.js\")"))
            #expect(!script.contains("function filePage(") && !script.contains("\nimport "))
            // Other modules import from it what is in it, so that no module runs twice.
            let file = try await server.send(.get, Self.folder(server) + "/file.js").text
            #expect(file.contains(#"} from "./app.js";"#) && file.contains(#"} from "./file-head.js";"#))
            #expect(!file.contains("./dom.js"))
        }
    }

    @Test("modules import and export in lines that a bundle of them can read")
    func conventions() throws {
        for name in Self.names where name.hasSuffix(".js") {
            for line in Self.text(name).split(separator: "\n")
            where line.hasPrefix("import ") || line.hasPrefix("export ") {
                let isImport =
                    line.hasPrefix("import { ") && line.contains(#" } from "./"#) && line.hasSuffix(#".js";"#)
                let declares = ["function", "async function", "const", "class"].contains {
                    line.hasPrefix("export \($0) ")
                }
                #expect(isImport || declares, "\(name): \(line)")
                #expect(!isImport || !line.contains(" as "), "\(name): \(line)")
            }
        }
    }

    @Test("Markdown is answered as a tree to who is signed in; too much of it is refused")
    func markdown() async throws {
        try await withServer { server in
            let person = try await server.person("ana@example.org")
            let answer = try await person.send(.post, "markdown", #"{"texts":["**a** <b>","x"]}"#)
            #expect(answer.status == 200)
            let tree = #"[{"children":[{"children":["a"],"type":"strong"}," <b>"],"type":"paragraph"}]"#
            #expect(answer.text == #"{"data":[\#(tree),[{"children":["x"],"type":"paragraph"}]]}"#)
            let long = String(repeating: "a", count: 65_537)
            let tooLong = try await person.send(.post, "markdown", #"{"texts":["\#(long)"]}"#)
            #expect(tooLong.json["data"] == .array([.null]))
            let texts = Array(repeating: #""\#(long)""#, count: 4).joined(separator: ",")
            for body in [#"{"texts":[\#(texts)]}"#, #"{"texts":[]}"#, #"{"texts":[3]}"#, "{}"] {
                #expect(try await person.send(.post, "markdown", body).status == 400, "\(body.prefix(40))")
            }
            #expect(try await server.send(.post, "/api/markdown").status == 401)
        }
    }

    @Test("all files are served under one name that may be kept for good")
    func files() async throws {
        try await withServer { server in
            let folder = try await Self.folder(server)
            let views = ["channel", "file", "files", "settings", "storage", "theme", "thread", "view-log"]
            for name in views.map({ "\($0).js" }) + ["app.js", "style.css", "icon.svg"] {
                let file = try await server.send(.get, "\(folder)/\(name)")
                #expect(file.status == 200, "\(name)")
                #expect(file.headers[.cacheControl] == "public, max-age=31536000, immutable")
                #expect(file.headers[.eTag]?.hasPrefix("\"sha256-") == true)
                let type = ["js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8"]
                if let type = type[String(name.split(separator: ".").last ?? "")] {
                    #expect(file.headers[.contentType] == type)
                }
            }
        }
    }

    @Test("the page can be put on a home screen, where some systems want it before they take notices")
    func manifest() async throws {
        try await withServer { server in
            let page = try await server.send(.get, "/")
            let path = try #require(page.text.firstMatch(of: /rel="manifest" href="([^"]+)"/)).output.1
            let manifest = try await server.send(.get, String(path))
            #expect(manifest.headers[.contentType] == "application/manifest+json")
            #expect(manifest.json["display"] == .string("standalone") && manifest.json["id"] == .string("/inbox"))
            #expect(page.headers[.contentSecurityPolicy]?.contains("manifest-src 'self'") == true)
        }
    }

    @Test("the service worker is at the root, asked for anew each time, and may ask nobody but us")
    func serviceWorker() async throws {
        try await withServer { server in
            let script = try await server.send(.get, "/service-worker.js")
            #expect(script.status == 200 && script.text.contains(#"addEventListener("push""#))
            #expect(script.headers[.contentType] == "text/javascript; charset=utf-8")
            #expect(script.headers[.cacheControl] == "no-cache")
            #expect(script.headers[.contentSecurityPolicy]?.contains("connect-src 'self'") == true)
            // No request of a page goes through it, and nothing is kept by it.
            #expect(!script.text.contains("\"fetch\"") && !script.text.contains("caches"))
            #expect(try await server.send(.get, Self.folder(server) + "/service-worker.js").status == 404)
        }
    }

    @Test("the style sheets with which the page begins are one file, in their order")
    func oneStyleSheet() async throws {
        try await withServer { server in
            let sheet = try await server.send(.get, Self.folder(server) + "/style.css").text
            let first = ["base.css", "parts.css", "views.css", "log.css"]
            #expect(sheet == first.map(Self.text).joined())
            #expect(!sheet.contains("& + "), "base.css says why")
        }
    }

    @Test("a file of another version, and one that is none, are 404")
    func others() async throws {
        try await withServer { server in
            let folder = try await Self.folder(server)
            for path in ["/dashboard/0/app.js", "\(folder)/other.js", "\(folder)/..%2Findex.html"] {
                #expect(try await server.send(.get, path).status == 404, "\(path)")
            }
        }
    }

    @Test("to whoever takes gzip the page is sent compressed, with a tag of its own")
    func compressed() async throws {
        try await withServer { server in
            let script = try await Self.folder(server) + "/app.js"
            let plain = try await server.send(.get, script)
            let small = try await server.send(.get, script, [.acceptEncoding: "br;q=1.0, gzip;q=0.8"])
            #expect(small.headers[.contentEncoding] == "gzip" && plain.headers[.contentEncoding] == nil)
            #expect(small.headers[.vary] == "Accept-Encoding" && plain.headers[.vary] == "Accept-Encoding")
            #expect(small.body.readableBytes * 2 < plain.body.readableBytes)
            let tag = try #require(small.headers[.eTag])
            #expect(tag != plain.headers[.eTag])
            let known: HTTPFields = [.acceptEncoding: "gzip", .ifNoneMatch: tag]
            #expect(try await server.send(.get, script, known).status == 304)
            #expect(try await server.send(.get, script, [.ifNoneMatch: tag]).status == 200)
            let refused = try await server.send(.get, script, [.acceptEncoding: "gzip;q=0, identity"])
            #expect(refused.headers[.contentEncoding] == nil)
        }
    }

    /// The names of the dashboard's files.
    private static var names: [String] {
        (0..<Asset.total).map { String(cString: Asset(number: $0).name) }
            .filter { $0.hasPrefix("Dashboard/") }.map { String($0.dropFirst("Dashboard/".count)) }
    }

    private static func text(_ name: String) -> String {
        let asset = Asset("Dashboard/\(name)")
        return String(decoding: UnsafeBufferPointer(start: asset.bytes, count: asset.count), as: UTF8.self)
    }

    /// Where the page says that its files are.
    private static func folder(_ server: TestServer) async throws -> String {
        let page = try await server.send(.get, "/").text
        return try String(#require(page.firstMatch(of: /\/dashboard\/[0-9a-f]{32}/)).output)
    }
}
