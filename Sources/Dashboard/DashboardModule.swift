import CAssets
import Crypto
import HTTP
import Hummingbird
import NIOCore
import Zip

/// The dashboard: one page, and the files it is made of (`Sources/CAssets/Dashboard`). All that it shows it asks of the
/// API, as anybody may.
///
/// Every view has a path of its own, so that it can be linked and reloaded; the page itself looks which it is. The
/// files lie in a folder that is named after what is in them: they may be kept for good, and files of two versions
/// never meet.
package struct DashboardModule: RouteModule {
    private let page: StaticAnswer
    private let files: [String: StaticAnswer]
    private let folder: String

    /// - Parameter uploadLimit: of a file, in bytes; the page tells it before somebody chooses one.
    package init(uploadLimit: Int64) {
        let assets = Self.assets
        folder = Self.name(for: assets)
        var files: [String: StaticAnswer] = [:]
        for (name, bytes) in assets {
            files[name] = StaticAnswer(
                bytes,
                gzipped: gzip(bytes),
                type: Self.type(of: name),
                cache: "public, max-age=31536000, immutable"
            )
        }
        self.files = files
        let text = Self.page(assets, at: "/dashboard/\(folder)")
            .replacing("{{uploadLimit}}", with: "\(uploadLimit)")
        page = StaticAnswer(
            ByteBuffer(string: text),
            gzipped: gzip(ByteBuffer(string: text)),
            type: Self.type(of: "index.html"),
            policy: Self.policy
        )
    }

    package func addRoutes(to mounts: Mounts) {
        for path in Self.pages {
            mounts.open.get(RouterPath(path)) { [page] request, _ in page.response(to: request) }
        }
        mounts.open.get("dashboard/:version/:name", use: file)
        mounts.user.post("markdown", use: markdown)
    }

    /// The views that the page has (`app.js`).
    private static let pages = [
        "/", "/sign-in", "/inbox", "/inbox/:tab", "/inbox/:tab/:id", "/channels", "/channels/:id", "/files",
        "/files/:id", "/storage", "/storage/:tab", "/settings", "/settings/:section", "/settings/:section/:id",
    ]

    /// Nothing but our own files runs, nothing is asked of another host, and nobody may frame the page. No script can
    /// turn a text into HTML: Trusted Types are required, and there is no policy that makes one.
    private static let policy = """
        default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self'; \
        connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; \
        require-trusted-types-for 'script'; trusted-types 'none'
        """

    /// - Throws: ``APIError`` 404 for a file of another version too: its page has to be loaded anew.
    private func file(_ request: Request, _ context: RootContext) throws -> Response {
        guard try context.pathParameter("version") == folder, let file = files[try context.pathParameter("name")]
        else { throw APIError(.notFound, "There is no such file of the dashboard: load the page anew") }
        return file.response(to: request)
    }

    private static var assets: [String: ByteBuffer] {
        let prefix = "Dashboard/"
        let all = (0..<Asset.total).map { Asset(number: $0) }.map { (String(cString: $0.name), $0) }
        return Dictionary(
            uniqueKeysWithValues: all.filter { $0.0.hasPrefix(prefix) }.map { name, asset in
                let bytes = UnsafeBufferPointer(start: asset.bytes, count: asset.count)
                return (String(name.dropFirst(prefix.count)), ByteBuffer(bytes: bytes))
            }
        )
    }

    /// Half a SHA-256 of all files, in hex.
    private static func name(for assets: [String: ByteBuffer]) -> String {
        var hash = SHA256()
        for (name, bytes) in assets.sorted(by: { $0.key < $1.key }) {
            hash.update(data: Array("\(name) \(bytes.readableBytes) ".utf8))
            hash.update(data: Array(bytes.readableBytesView))
        }
        return hash.finalize().prefix(16).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// The page, which names its files. All modules that it begins with are named at once: the browser need not find
    /// them one by one. The others are loaded when they are needed, by `import()`.
    private static func page(_ assets: [String: ByteBuffer], at path: String) -> String {
        let modules = modules(neededBy: "app.js", in: assets).sorted()
        return String(buffer: assets["index.html"] ?? ByteBuffer())
            .replacing(
                "{{modules}}",
                with: modules.map { #"<link rel="modulepreload" href="{{files}}/\#($0)">"# }.joined(separator: "\n")
            )
            .replacing("{{files}}", with: path)
    }

    /// A module and all that it imports, directly or not.
    private static func modules(neededBy first: String, in assets: [String: ByteBuffer]) -> Set<String> {
        var (found, open): (Set<String>, [String]) = ([], [first])
        while let name = open.popLast() {
            guard let file = assets[name], found.insert(name).inserted else { continue }
            open += String(buffer: file).matches(of: /from "\.\/([^"]+)"/).map { String($0.output.1) }
        }
        return found
    }

    private static func type(of name: String) -> String {
        switch name.split(separator: ".").last {
        case "css": "text/css; charset=utf-8"
        case "html": "text/html; charset=utf-8"
        case "svg": "image/svg+xml"
        default: "text/javascript; charset=utf-8"
        }
    }
}
