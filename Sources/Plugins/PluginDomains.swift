import API
import HTTP

/// Which domains the pages of plugins may reach through the server: those that the manifest names and that the operator
/// has allowed (`PLACET_PLUGIN_DOMAINS`).
package struct PluginDomains: Sendable, Equatable {
    /// By the plugin's name.
    private let allowed: [String: Set<String>]

    /// Reads `plugin:domain`, separated by commas; `*` is any that the manifest names. Nil when one cannot be read.
    package init?(_ list: String) {
        var allowed: [String: Set<String>] = [:]
        for item in list.split(separator: ",") {
            let parts = item.split(separator: ":", omittingEmptySubsequences: false).map { String($0.trimmed) }
            guard parts.count == 2, PluginManifest.isKebabCase(parts[0]) else { return nil }
            guard let domain = parts[1] == "*" ? "*" : WebhookTarget.hostName(parts[1]) else { return nil }
            allowed[parts[0], default: []].insert(domain)
        }
        self.allowed = allowed
    }

    func allow(_ host: String, for plugin: PluginManifest) -> Bool {
        ["*", host].contains { allowed[plugin.name]?.contains($0) == true }
    }
}
