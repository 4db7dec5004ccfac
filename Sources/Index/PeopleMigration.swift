/// Migration 4: what people need beside their agents: sessions, what they have read, links they share, and preferences.
enum PeopleMigration {
    static let sql = sessions + conversation + shares

    // A deleted user is out of sight at once; the row goes when the agents it owned are gone.
    private static let sessions = """
        ALTER TABLE users ADD COLUMN removed_at INTEGER;
        CREATE INDEX users_removed ON users (removed_at) WHERE removed_at IS NOT NULL;

        CREATE TABLE sessions (
            id TEXT NOT NULL PRIMARY KEY,
            user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            token_hash BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32),
            user_agent TEXT,
            created_at INTEGER NOT NULL,
            last_used_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX sessions_by_user ON sessions (user_id, id);
        CREATE INDEX sessions_by_expiry ON sessions (expires_at);

        """

    // What is newer than the last message that a user has read is unread.
    private static let conversation = """
        CREATE TABLE reads (
            user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            agent_id TEXT NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
            message_id TEXT NOT NULL,
            PRIMARY KEY (user_id, agent_id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX reads_by_agent ON reads (agent_id);

        CREATE TABLE preferences (
            user_id TEXT NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
            theme TEXT NOT NULL CHECK (theme IN ('light', 'dark', 'system'))
        ) STRICT;

        """

    private static let shares = """
        CREATE TABLE shares (
            id TEXT NOT NULL PRIMARY KEY,
            attachment_id TEXT NOT NULL REFERENCES attachments (id) ON DELETE CASCADE,
            user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            token_hash BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32),
            created_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX shares_by_attachment ON shares (attachment_id);
        CREATE INDEX shares_by_user ON shares (user_id, id);
        CREATE INDEX shares_by_expiry ON shares (expires_at);

        """
}
