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
        let plugin = try await plugin(context)
        let stored = try await index.read(by: context.principal) { try $0.pluginSettings(plugin.name, userID: $1.id) }
        return try .json(PluginSettings(stored, of: plugin))
    }

    /// Replaces all settings. A secret that is sent back masked keeps its value.
    ///
    /// - Throws: ``APIError`` 404 without such a plugin, 400 for a key that it does not have.
    func changeSettings(_ request: Request, _ context: UserContext) async throws -> Response {
        let plugin = try await plugin(context)
        let given = try await request.read(context) { fields in PluginSettings.read(from: &fields, of: plugin) }
        let stored = try await index.write(by: context.principal) { tx, user in
            let old = try tx.pluginSettings(plugin.name, userID: user.id)
            let new = PluginSettings.merged(given, into: old, of: plugin)
            try tx.setPluginSettings(new, of: plugin.name, by: user)
            return new
        }
        return try .json(PluginSettings(stored, of: plugin))
    }
}
