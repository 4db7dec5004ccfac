import API
import HTTP
import Hummingbird
import Index
import JSON

/// What each user has set for a plugin: values for the `env` of its manifest (docs/api.md, "Users", Settings of
/// plugins).
extension PluginsModule {
    /// The user's settings, with secrets masked.
    ///
    /// - Throws: ``APIError`` 404.
    func settings(_ request: Request, _ context: UserContext) async throws -> Response {
        let (plugin, userID) = (try await plugin(context), context.userID)
        let stored = try await index.read { try $0.pluginSettings(plugin.name, userID: userID) }
        return try .json(PluginSettings(stored, of: plugin))
    }

    /// Replaces all settings. A secret that is sent back masked keeps its value.
    ///
    /// - Throws: ``APIError`` 404 without such a plugin, 400 for a key that it does not have, 401 when the user is
    ///   gone.
    func changeSettings(_ request: Request, _ context: UserContext) async throws -> Response {
        let (plugin, userID) = (try await plugin(context), context.userID)
        let given = try await request.read(context) { fields in PluginSettings.read(from: &fields, of: plugin) }
        let stored = try await index.write { tx in
            guard try tx.user(id: userID) != nil else { throw APIError.notSignedIn }
            let old = try tx.pluginSettings(plugin.name, userID: userID)
            let new = PluginSettings.merged(given, into: old, of: plugin)
            try tx.setPluginSettings(new, of: plugin.name, userID: userID)
            return new
        }
        return try .json(PluginSettings(stored, of: plugin))
    }
}
