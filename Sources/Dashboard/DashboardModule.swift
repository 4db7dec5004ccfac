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
    /// The parts as they are answered, plain and compressed.
    private struct Answers {
        let page: StaticAnswer
        let serviceWorker: StaticAnswer
        let files: [String: StaticAnswer]
        let folder: String
    }

    /// Where only agents come, nobody asks for them.
    private let answers: MadeWhenAsked<Answers>

    /// - Parameter uploadLimit: of a file, in bytes; the page tells it before somebody chooses one.
    package init(uploadLimit: Int64) {
        answers = MadeWhenAsked {
            let parts = DashboardParts()
            let text = parts.page.replacing("{{uploadLimit}}", with: "\(uploadLimit)")
            return Answers(
                page: Self.answer(text, "index.html", policy: Self.policy),
                serviceWorker: Self.answer(parts.serviceWorker, "service-worker.js", policy: Self.workerPolicy),
                files: parts.files.reduce(into: [:]) { files, file in
                    files[file.key] = Self.answer(file.value, file.key, cache: "public, max-age=31536000, immutable")
                },
                folder: parts.folder
            )
        }
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

    package func addRoutes(to mounts: Mounts) {
        for path in Self.pages {
            mounts.open.get(RouterPath(path)) { [answers] request, _ in try answers.value.page.response(to: request) }
        }
        mounts.open.get("dashboard/:version/:name", use: file)
        // At the root, because a service worker serves the paths beside its own; browsers ask for it anew by themselves.
        mounts.open.get("service-worker.js") { [answers] request, _ in
            try answers.value.serviceWorker.response(to: request)
        }
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
        let (version, name) = (try context.pathParameter("version"), try context.pathParameter("name"))
        let answers = try answers.value
        guard version == answers.folder, let file = answers.files[name] else {
            throw APIError(.notFound, "There is no such file of the dashboard: load the page anew")
        }
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
