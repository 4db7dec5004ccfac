/// Migration 4: people sign in, and may be deleted.
enum PeopleMigration {
    // A deleted user is out of sight at once; the row goes when the agents it owned are gone.
    static let sql = """
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
}
