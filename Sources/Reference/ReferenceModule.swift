import HTTP
import Hummingbird
import JSON
import NIOCore
import Synchronization

/// The reference of the API: the OpenAPI document, and a page that shows it. Both are made when somebody first asks, and
/// kept: they take 1.5 MiB, which most servers never need.
///
/// The texts are in `Sources/CAssets/OpenAPI`. The hard part is to keep them true: numbers come from the code
/// (``Figures``), what goes for every route is added once (``Document``), and the page is made from the document alone.
package struct ReferenceModule: RouteModule {
    private let answers: Answers

    /// - Parameter version: of the server, for `info.version`.
    package init(version: String) {
        answers = Answers(version: version)
    }

    package func addRoutes(to mounts: Mounts) {
        mounts.open
            .get("openapi.json") { [answers] request, _ in try answers.document.response(to: request) }
            .get("api/docs") { [answers] request, _ in try answers.page.response(to: request) }
    }
}

/// Throws when something is wrong with the texts. Every test of a route here would show that, so a released server cannot.
private final class Answers: Sendable {
    private let version: String
    private let made = Mutex<(document: StaticAnswer, page: StaticAnswer)?>(nil)

    init(version: String) { self.version = version }

    var document: StaticAnswer { get throws { try all().document } }
    var page: StaticAnswer { get throws { try all().page } }

    private func all() throws -> (document: StaticAnswer, page: StaticAnswer) {
        try made.withLock { made in
            if let made { return made }
            let document = try Document(version: version)
            let page = try ReferencePage(document)
            let answers = (
                document: StaticAnswer(
                    ByteBuffer(string: document.value.encoded()),
                    type: "application/json; charset=utf-8"
                ),
                page: StaticAnswer(
                    ByteBuffer(string: page.html),
                    type: "text/html; charset=utf-8",
                    policy: page.contentSecurityPolicy
                )
            )
            made = answers
            return answers
        }
    }
}
