import HTTP
import Hummingbird
import JSON
import NIOCore

/// The reference of the API: the OpenAPI document, and a page that shows it. Both are made once, at the start.
///
/// The texts are in `Sources/CAssets/OpenAPI`. The hard part is to keep them true: numbers come from the code
/// (``Figures``), what goes for every route is added once (``Document``), and the page is made from the document alone.
package struct ReferenceModule: RouteModule {
    private let document: StaticAnswer
    private let page: StaticAnswer

    /// - Parameter version: of the server, for `info.version`.
    /// - Throws: when something is wrong with the texts. Every start would show that, so a released server cannot throw
    ///   here.
    package init(version: String) throws {
        let document = try Document(version: version)
        let page = try ReferencePage(document)
        self.document = StaticAnswer(
            ByteBuffer(string: document.value.encoded()),
            type: "application/json; charset=utf-8"
        )
        self.page = StaticAnswer(
            ByteBuffer(string: page.html),
            type: "text/html; charset=utf-8",
            policy: page.contentSecurityPolicy
        )
    }

    package func addRoutes(to mounts: Mounts) {
        mounts.open
            .get("openapi.json") { [document] request, _ in document.response(to: request) }
            .get("api/docs") { [page] request, _ in page.response(to: request) }
    }
}
