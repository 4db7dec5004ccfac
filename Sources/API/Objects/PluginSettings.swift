import JSON

/// A user's settings for a plugin, as they are shown: unset keys have their defaults, and secrets are masked.
package struct PluginSettings: Encodable, Sendable {
    let config: [String: String?]
    /// The required keys without a value. The plugin cannot work before they are set.
    let missing: [String]

    /// - Parameter stored: what the user has set. Keys that the plugin no longer has are left out.
    package init(_ stored: [String: String], of plugin: PluginManifest) {
        var (config, missing): ([String: String?], [String]) = ([:], [])
        for variable in plugin.env {
            let value = stored[variable.key] ?? variable.defaultValue
            config.updateValue(variable.isSecret && value != nil ? Masked.text : value, forKey: variable.key)
            if variable.isRequired, value == nil { missing.append(variable.key) }
        }
        (self.config, self.missing) = (config, missing)
    }

    /// What the plugin's page is told: of a secret with a value its mark.
    package static func told(_ stored: [String: String], of plugin: PluginManifest) -> [String: String?] {
        var told = PluginSettings(stored, of: plugin).config
        for key in secrets(in: stored, of: plugin).keys { told[key] = mark(of: key) }
        return told
    }

    /// What stands for a secret in the plugin's page, which may put it into the headers of its requests.
    static func mark(of key: String) -> String { "{{\(key)}}" }

    /// The secrets that have a value, by their keys.
    package static func secrets(in stored: [String: String], of plugin: PluginManifest) -> [String: String] {
        let pairs = plugin.env.filter(\.isSecret).compactMap { variable in
            (stored[variable.key] ?? variable.defaultValue).map { (variable.key, $0) }
        }
        return Dictionary(pairs) { $1 }
    }

    /// Reads the values from a request. A value of null means unset, and a key that the plugin does not have is
    /// refused.
    package static func read(from fields: inout JSONFields, of plugin: PluginManifest) -> [String: String] {
        guard fields.has("config") else {
            fields.report("config", code: "required", "is required")
            return [:]
        }
        let values = fields.optionalFields("config") { config in
            let known = Set(plugin.env.map { ExactString($0.key) })
            for name in config.names where !known.contains(ExactString(name)) {
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

    /// The values to store. A secret that comes back masked, as it was shown, keeps its old value.
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
