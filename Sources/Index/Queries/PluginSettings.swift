extension Querying {
    /// A user's settings for a plugin, by key.
    package func pluginSettings(_ plugin: String, userID: User.ID) throws -> [String: String] {
        try dictionary(SQL.settings, [userID, plugin])
    }
}

extension Transaction {
    /// Replaces all of a user's settings for a plugin.
    package func setPluginSettings(_ values: [String: String], of plugin: String, by user: ActingUser) throws {
        guard try pluginSettings(plugin, userID: user.id) != values else { return }
        try execute("DELETE FROM plugin_settings WHERE user_id = ? AND plugin = ?", [user.id, plugin])
        for (key, value) in values { try execute(SQL.insert, [user.id, plugin, key, value]) }
        try note(.settingsChanged, plugin)
    }
}

private enum SQL {
    static let settings = "SELECT key, value FROM plugin_settings WHERE user_id = ? AND plugin = ?"
    static let insert = "INSERT INTO plugin_settings (user_id, plugin, key, value) VALUES (?, ?, ?, ?)"
}
