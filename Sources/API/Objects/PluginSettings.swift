import JSON

/// Settings as they are shown: a key of the plugin without a value has its default, and no secret is there.
package struct PluginSettings: Encodable, Sendable {
    let config: [String: String?]
    /// The keys that are required and have no value.
    let missing: [String]

    /// - Parameter stored: what the user has set; keys that the plugin has no longer are left out.
    package init(_ stored: [String: String], of plugin: PluginManifest) {
        var (config, missing): ([String: String?], [String]) = ([:], [])
        for variable in plugin.env {
            let value = stored[variable.key] ?? variable.defaultValue
            config.updateValue(variable.isSecret && value != nil ? Masked.text : value, forKey: variable.key)
            if variable.isRequired, value == nil { missing.append(variable.key) }
        }
        (self.config, self.missing) = (config, missing)
    }

    /// The values in the body of a request, without those that are null.
    package static func read(from fields: inout JSONFields, of plugin: PluginManifest) -> [String: String] {
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

    /// What is to be stored: `given`, with the secrets that were sent back masked as they were.
    package static func merged(
        _ given: [String: String],
        into old: [String: String],
        of plugin: PluginManifest
    ) -> [String: String] {
        var new = given
        for variable in plugin.env where variable.isSecret && given[variable.key] == Masked.text {
            new[variable.key] = old[variable.key]
        }
        return new
    }
}
