import API
import HTTP
import Hummingbird
import Index
import JSON

/// What each user has set for a plugin: the values of its manifest's `env`.
extension PluginsModule {
    func settings(_ request: Request, _ context: UserContext) async throws -> Response {
        let (plugin, userID) = (try await plugin(context), context.userID)
        let stored = try await index.read { try $0.pluginSettings(plugin.name, userID: userID) }
        return try .json(PluginSettings(stored, of: plugin))
    }

    /// Replaces all of them.
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
