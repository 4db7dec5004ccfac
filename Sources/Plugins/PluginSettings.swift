import API
import HTTP
import Hummingbird
import Index
import JSON

/// What each user has set for a plugin: the values of its manifest's `env`.
extension PluginsModule {
    @Sendable
    func settings(_ request: Request, _ context: HumanContext) async throws -> Response {
        let (plugin, userID) = (try await plugin(context), context.userID)
        let stored = try await index.read { try $0.pluginSettings(plugin.name, userID: userID) }
        return try .json(PluginSettings(stored, of: plugin))
    }

    /// Replaces all of them.
    @Sendable
    func changeSettings(_ request: Request, _ context: HumanContext) async throws -> Response {
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

/// Settings as they are shown: a key of the plugin without a value has its default, and no secret is there.
struct PluginSettings: Encodable {
    /// Stands for a secret that has a value; sent back, it keeps that value.
    static let masked = "***"

    let config: [String: String?]
    /// The keys that are required and have no value.
    let missing: [String]

    /// - Parameter stored: what the user has set; keys that the plugin has no longer are left out.
    init(_ stored: [String: String], of plugin: PluginManifest) {
        var (config, missing): ([String: String?], [String]) = ([:], [])
        for variable in plugin.env {
            let value = stored[variable.key] ?? variable.defaultValue
            config.updateValue(variable.isSecret && value != nil ? Self.masked : value, forKey: variable.key)
            if variable.isRequired, value == nil { missing.append(variable.key) }
        }
        (self.config, self.missing) = (config, missing)
    }

    /// The values in the body of a request, without those that are null.
    static func read(from fields: inout JSONFields, of plugin: PluginManifest) -> [String: String] {
        guard fields.has("config") else {
            fields.report("config", code: "required", "is required")
            return [:]
        }
        let values = fields.optionalFields("config") { config in
            for name in config.names where !plugin.env.contains(where: { $0.key == name }) {
                config.report(name, code: "unrecognized_keys", "is no setting of this plugin")
            }
            var values: [String: String] = [:]
            for key in plugin.env.map(\.key) {
                values[key] = config.optionalString(key, length: Limits.pluginSetting, nullable: true)
            }
            return values
        }
        return values ?? [:]
    }

    /// What is to be stored: `given`, with the secrets that are left as they were.
    static func merged(
        _ given: [String: String],
        into old: [String: String],
        of plugin: PluginManifest
    ) -> [String: String] {
        var new = given
        for variable in plugin.env where variable.isSecret && given[variable.key] == masked {
            new[variable.key] = old[variable.key]
        }
        return new
    }
}
