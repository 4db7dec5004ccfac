/// Migration 5: what people have read, chosen and shared.
enum SharingMigration {
    static let sql = reading + choices + shares

    // Only its owner reads a channel, so what has been read is a fact about the agent.
    private static let reading = """
        ALTER TABLE agents ADD COLUMN read_through TEXT;

        CREATE TABLE avatars (
            agent_id TEXT NOT NULL PRIMARY KEY REFERENCES agents (id) ON DELETE CASCADE,
            mime_type TEXT NOT NULL,
            bytes BLOB NOT NULL,
            updated_at INTEGER NOT NULL
        ) STRICT;

        """

    private static let choices = """
        ALTER TABLE users ADD COLUMN theme TEXT NOT NULL DEFAULT 'system' CHECK (theme IN ('system', 'light', 'dark'));

        CREATE TABLE plugin_settings (
            user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            plugin TEXT NOT NULL,
            key TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (user_id, plugin, key)
        ) STRICT, WITHOUT ROWID;

        """

    // A link dies with its file: deleted, or gone with its message or channel.
    private static let shares = """
        CREATE TABLE shares (
            id TEXT NOT NULL PRIMARY KEY,
            attachment_id TEXT NOT NULL REFERENCES attachments (id) ON DELETE CASCADE,
            token_hash BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32),
            created_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX shares_by_attachment ON shares (attachment_id, id);
        CREATE INDEX shares_by_expiry ON shares (expires_at);

        """
}
