import API
import HTTP
import Hummingbird
import JSON
import Markdown

extension DashboardModule {
    /// What texts in Markdown consist of, in the order of the texts. The page makes nodes of it: it cannot take HTML.
    ///
    /// - Throws: ``APIError`` 400 for too many texts, or too long ones.
    func markdown(_ request: Request, _ context: UserContext) async throws -> Response {
        let texts = try await request.read(context) { fields in
            let texts = fields.strings("texts", count: Limits.markdownTexts)
            if texts.reduce(0, { $0 + $1.utf8.count }) > Limits.markdownBytes {
                fields.report("texts", code: "too_big", "must have at most \(Limits.markdownBytes) bytes together")
            }
            return texts
        }
        return try await context.inTurn { try .json(["data": texts.map(MarkdownText.nodes)]) }
    }
}
