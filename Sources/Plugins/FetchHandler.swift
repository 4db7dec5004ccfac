import API
import HTTP
import Hummingbird
import Index

/// Asks other servers for the pages of plugins. `Delivery` does it, under the rules of webhooks.
package protocol PageFetching: Sendable {
    /// - Throws: ``APIError`` 403 and 502.
    func fetch(_ draft: FetchDraft) async throws -> FetchedJSON
}

extension PluginsModule {
    /// Makes a request for the plugin's page, and answers what came. Secrets of the user's settings take the place of
    /// their marks in its headers, so the page never has them.
    ///
    /// - Throws: ``APIError`` 404 without such a plugin; 403 for a domain that its manifest does not name or that the
    ///   operator has not allowed; 429 while too many are under way; as ``PageFetching/fetch(_:)``.
    func fetch(_ request: Request, _ context: UserContext) async throws -> Response {
        let plugin = try await plugin(context)
        let draft = try await request.read(context) { fields in FetchDraft(&fields) }
        // Nil was reported, and so refused by the line above.
        guard let draft else { throw APIError(.badRequest, "The request cannot be made") }
        try judge(draft.target.host, of: plugin)
        let place = try places.place(context.userID, orAfter: .seconds(1))
        defer { withExtendedLifetime(place) {} }
        let stored = try await index.read(by: context.principal) { try $0.pluginSettings(plugin.name, userID: $1.id) }
        let secrets = PluginSettings.secrets(in: stored, of: plugin)
        let fetching = Task { [fetcher] in try await fetcher.fetch(draft.replacing(secrets)) }
        // Nobody waits for the answer then.
        context.connection.onHangUp { fetching.cancel() }
        let fetched = try await withTaskCancellationHandler {
            try await fetching.value
        } onCancel: {
            fetching.cancel()
        }
        return try .json(fetched)
    }

    private func judge(_ host: String, of plugin: PluginManifest) throws {
        guard plugin.names(host) else {
            throw APIError(.forbidden, "The manifest of \(plugin.name) does not ask for \(host)")
        }
        guard domains.allow(host, for: plugin) else {
            let pair = "PLACET_PLUGIN_DOMAINS=\(plugin.name):\(host)"
            throw APIError(.forbidden, "\(plugin.name) may not reach \(host); the operator can allow it by \(pair)")
        }
    }
}
