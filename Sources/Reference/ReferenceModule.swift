import HTTP
import HTTPTypes
import Hummingbird
import JSON
import NIOCore

/// The reference of the API: the OpenAPI document, and a page that shows it. Both are made once, at the start.
package struct ReferenceModule: RouteModule {
    private let document: ByteBuffer
    private let page: ByteBuffer
    private let pagePolicy: String

    /// - Parameter version: of the server, for `info.version`.
    /// - Throws: when the text of the document is no JSON or names something twice: a defect that every start shows.
    package init(version: String) throws {
        let document = try Document(version: version)
        let page = try Page(document)
        self.document = ByteBuffer(string: try document.value.encoded())
        self.page = ByteBuffer(string: page.html)
        pagePolicy = page.contentSecurityPolicy
    }

    package func addRoutes(to mounts: Mounts) {
        mounts.open
            .get("openapi.json", use: readDocument)
            .get("api/docs", use: readPage)
    }

    @Sendable
    func readDocument(_ request: Request, _ context: RootContext) -> Response {
        let headers: HTTPFields = [
            .contentType: "application/json; charset=utf-8",
            .xContentTypeOptions: "nosniff",
        ]
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: document))
    }

    @Sendable
    func readPage(_ request: Request, _ context: RootContext) -> Response {
        let headers: HTTPFields = [
            .contentType: "text/html; charset=utf-8",
            .xContentTypeOptions: "nosniff",
            .contentSecurityPolicy: pagePolicy,
        ]
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: page))
    }
}
