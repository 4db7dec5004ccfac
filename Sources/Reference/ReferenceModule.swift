import HTTP
import Hummingbird
import JSON
import NIOCore

/// The reference of the API: the OpenAPI document, and a page that shows it. Both are made when somebody first asks: they
/// take 1.5 MiB, which most servers never need.
///
/// The texts are in `Sources/CAssets/OpenAPI`. The hard part is to keep them true: numbers come from the code
/// (``Figures``), what goes for every route is added once (``Document``), and the page is made from the document alone.
package struct ReferenceModule: RouteModule {
    private struct Answers {
        let document: StaticAnswer
        let page: StaticAnswer
    }

    private let answers: MadeWhenAsked<Answers>

    /// - Parameter version: of the server, for `info.version`.
    package init(version: String) {
        // It throws when something is wrong with the texts. Every test of a route here would show that, so a released
        // server cannot.
        answers = MadeWhenAsked {
            let document = try Document(version: version)
            let page = try ReferencePage(document)
            return Answers(
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
        }
    }

    package func addRoutes(to mounts: Mounts) {
        mounts.open
            .get("openapi.json") { [answers] request, _ in try answers.value.document.response(to: request) }
            .get("api/docs") { [answers] request, _ in try answers.value.page.response(to: request) }
    }
}
