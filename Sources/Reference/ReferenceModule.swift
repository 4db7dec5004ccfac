import HTTP
import Hummingbird
import JSON
import NIOCore

/// The reference of the API: the OpenAPI document, and a page that shows it. Both are made once, at the start.
package struct ReferenceModule: RouteModule {
    private let document: StaticAnswer
    private let page: StaticAnswer

    /// - Parameter version: of the server, for `info.version`.
    /// - Throws: when the texts of the document are not right: a defect that every start shows.
    package init(version: String) throws {
        let document = try Document(version: version)
        let page = try ReferencePage(document)
        self.document = StaticAnswer(
            ByteBuffer(string: try document.value.encoded()),
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
