import API
import HTTP
import HTTPTypes
import NIOCore
import NIOHTTP1

/// Makes the requests of plugins' pages, under the rules of webhooks: to checked addresses, without redirects, proxies
/// and cookies. Whether a plugin may reach a domain is judged before (`Plugins`).
package struct PluginFetcher: Sendable {
    private let client: WebhookClient

    package init(allowed: AllowedTargets) {
        client = WebhookClient(allowed: allowed)
    }

    /// - Throws: ``APIError`` 403 for a target inside, 502 when there is no answer, or one that is too large.
    package func fetch(_ draft: FetchDraft) async throws -> FetchedJSON {
        var headers = HTTPHeaders()
        headers.add(given: draft.headers)
        if !headers.contains(name: "user-agent") { headers.add(name: "user-agent", value: "placet") }
        let request = WebhookRequest(
            target: draft.target,
            method: HTTPMethod(rawValue: draft.method),
            headers: headers,
            body: ByteBuffer(bytes: draft.body)
        )
        do {
            let answer = try await client.answer(to: request, timeout: Limits.fetch, limit: Limits.fetchAnswer)
            return FetchedJSON(
                status: Int(answer.status.code),
                headers: Self.told(answer.headers),
                body: answer.body.readableBytesView
            )
        } catch let failure as AttemptFailure {
            throw APIError(failure.isFinal ? .forbidden : .badGateway, failure.reason)
        }
    }

    /// Cookies are nobody's here.
    private static func told(_ headers: HTTPHeaders) -> [String: String] {
        let pairs = headers.map { ($0.name.lowercased(), $0.value) }.filter { $0.0 != "set-cookie" }
        return Dictionary(pairs) { "\($0), \($1)" }
    }
}
