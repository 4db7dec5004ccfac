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
    private let serviceWorker: StaticAnswer
    private let files: [String: StaticAnswer]
    private let folder: String

    /// - Parameter uploadLimit: of a file, in bytes; the page tells it before somebody chooses one.
    package init(uploadLimit: Int64) {
        let parts = Self.parts
        folder = parts.folder
        files = parts.files.reduce(into: [:]) { files, file in
            files[file.key] = Self.answer(file.value, file.key, cache: "public, max-age=31536000, immutable")
        }
        serviceWorker = Self.answer(parts.serviceWorker, "service-worker.js", policy: Self.workerPolicy)
        let text = parts.page.replacing("{{uploadLimit}}", with: "\(uploadLimit)")
        page = Self.answer(text, "index.html", policy: Self.policy)
    }

    private static func answer(
        _ text: String,
        _ name: String,
        policy: String? = nil,
        cache: String = "no-cache"
    ) -> StaticAnswer {
        let bytes = ByteBuffer(string: text)
        return StaticAnswer(bytes, gzipped: gzip(bytes), type: type(of: name), policy: policy, cache: cache)
    }

    private static let parts = DashboardParts()

    package func addRoutes(to mounts: Mounts) {
        for path in Self.pages {
            mounts.open.get(RouterPath(path)) { [page] request, _ in page.response(to: request) }
        }
        mounts.open.get("dashboard/:version/:name", use: file)
        // At the root, because a service worker serves the paths beside its own; browsers ask for it anew by themselves.
        mounts.open.get("service-worker.js") { [serviceWorker] request, _ in serviceWorker.response(to: request) }
        mounts.user.post("markdown", use: markdown)
    }

    /// The views that the page has (`app.js`).
    private static let pages = [
        "/", "/sign-in", "/inbox", "/inbox/:tab", "/inbox/:tab/:id", "/channels", "/channels/:id", "/files",
        "/files/:id", "/storage", "/storage/:tab", "/settings", "/settings/:section", "/settings/:section/:id",
    ]

    /// Nothing but our own files runs, nothing is asked of another host, and nobody may frame the page. No script can
    /// turn a text into HTML: Trusted Types are required, and the one policy that may be made is for the address of the
    /// service worker (`push.js`).
    private static let policy = """
        default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self'; \
        connect-src 'self'; frame-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; \
        form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types service-worker
        """

    /// Of the service worker, which has no page: it may ask us, and loads nothing.
    private static let workerPolicy = "default-src 'none'; connect-src 'self'; require-trusted-types-for 'script'"

    /// - Throws: ``APIError`` 404 for a file of another version too: its page has to be loaded anew.
    private func file(_ request: Request, _ context: RootContext) throws -> Response {
        guard try context.pathParameter("version") == folder, let file = files[try context.pathParameter("name")]
        else { throw APIError(.notFound, "There is no such file of the dashboard: load the page anew") }
        return file.response(to: request)
    }

    private static func type(of name: String) -> String {
        switch name.split(separator: ".").last {
        case "css": "text/css; charset=utf-8"
        case "html": "text/html; charset=utf-8"
        case "json": "application/manifest+json"
        case "svg": "image/svg+xml"
        default: "text/javascript; charset=utf-8"
        }
    }
}
