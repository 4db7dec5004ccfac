import GRDB

/// The tables of the index, as a list of migrations that only ever grows.
///
/// Times are milliseconds, flags 1 or 0, ids text made by ``Identifier``. Foreign keys are the guards of the store:
/// no attachment without its blob row (invariants 1 and 2), and no blob row goes while an attachment has it
/// (invariant 6). Every column that refers to another table has an index, or deleting there would scan here.
enum Schema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 files and agents") { db in
            try db.execute(sql: store + accounts + messages + files)
        }
        // Adds columns and tables only, so that the foreign keys need no check of the whole file.
        migrator.registerMigration("2 messages and reviews", foreignKeyChecks: .immediate) { db in
            try db.execute(sql: MessagesMigration.sql)
        }
        migrator.registerMigration("3 deliveries and streams", foreignKeyChecks: .immediate) { db in
            try db.execute(sql: DeliveryMigration.sql)
        }
        migrator.registerMigration("4 people", foreignKeyChecks: .immediate) { db in
            try db.execute(sql: PeopleMigration.sql)
        }
        migrator.registerMigration("5 reading and sharing", foreignKeyChecks: .immediate) { db in
            try db.execute(sql: SharingMigration.sql)
        }
        migrator.registerMigration("6 lists", foreignKeyChecks: .immediate) { db in
            try db.execute(sql: ListsMigration.sql)
        }
        return migrator
    }

    /// Throws when the file is of another store or of a later release; a fresh file passes.
    static func checkStore(_ storeID: String, _ db: Database) throws {
        if try migrator.hasBeenSuperseded(db) { throw IndexError.newerSchema }
        guard try db.tableExists("store") else { return }
        let recorded = try String.fetchOne(db, sql: "SELECT id FROM store")
        if let recorded, recorded != storeID { throw IndexError.foreignStore }
    }

    /// Ties a fresh index to its store.
    static func recordStore(_ storeID: String, _ db: Database) throws {
        try db.execute(
            sql: "INSERT INTO store (singleton, id, checked_at) VALUES (1, ?, ?) ON CONFLICT DO NOTHING",
            arguments: [storeID, Timestamp.now()]
        )
    }

    static func newestMessageID(_ db: Database) throws -> String? {
        try String.fetchOne(db, sql: "SELECT max(id) FROM messages")
    }

    private static let store = """
        CREATE TABLE store (
            singleton INTEGER NOT NULL PRIMARY KEY CHECK (singleton = 1),
            id TEXT NOT NULL,
            checked_at INTEGER NOT NULL
        ) STRICT;

        """

    private static let accounts = """
        CREATE TABLE users (
            id TEXT NOT NULL PRIMARY KEY,
            email TEXT NOT NULL,
            email_folded TEXT NOT NULL UNIQUE,
            display_name TEXT NOT NULL,
            role TEXT NOT NULL CHECK (role IN ('owner', 'member')),
            password_hash TEXT NOT NULL,
            must_change_password INTEGER NOT NULL CHECK (must_change_password IN (0, 1)),
            created_at INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE api_keys (
            id TEXT NOT NULL PRIMARY KEY,
            user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            label TEXT NOT NULL,
            key_prefix TEXT NOT NULL,
            key_hash BLOB NOT NULL UNIQUE CHECK (length(key_hash) = 32),
            last_used_at INTEGER,
            created_at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX api_keys_by_user ON api_keys (user_id, id);

        CREATE TABLE agents (
            id TEXT NOT NULL PRIMARY KEY,
            user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            name TEXT NOT NULL,
            description TEXT,
            avatar_url TEXT,
            webhook_url TEXT,
            webhook_headers TEXT,
            webhook_auth TEXT,
            status TEXT NOT NULL CHECK (status IN ('active', 'busy', 'error', 'offline')),
            status_message TEXT,
            status_since INTEGER,
            last_active_at INTEGER,
            tag TEXT,
            created_at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX agents_by_user ON agents (user_id, id);

        """

    private static let messages = """
        CREATE TABLE messages (
            id TEXT NOT NULL PRIMARY KEY,
            channel_id TEXT NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
            sender_type TEXT NOT NULL CHECK (sender_type IN ('agent', 'user')),
            sender_id TEXT NOT NULL,
            text TEXT,
            status TEXT CHECK (status IN ('info', 'success', 'warning', 'error')),
            delivery_status TEXT NOT NULL
                CHECK (delivery_status IN ('sent', 'webhook_delivered', 'webhook_failed', 'agent_received')),
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX messages_by_channel ON messages (channel_id, id);

        """

    // An attachment's message is always one of its own channel: the key that refers to it has both columns. It is
    // either attached or has an expiry (invariant 6). The index by message serves both: under NULL lie the unattached,
    // the next to expire first.
    private static let files = """
        CREATE TABLE blobs (
            sha256 TEXT NOT NULL PRIMARY KEY CHECK (length(sha256) = 64),
            key TEXT NOT NULL UNIQUE,
            size INTEGER NOT NULL CHECK (size >= 0),
            crc32 INTEGER NOT NULL,
            created_at INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE attachments (
            id TEXT NOT NULL PRIMARY KEY,
            channel_id TEXT NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
            message_id TEXT,
            sha256 TEXT NOT NULL REFERENCES blobs (sha256) ON DELETE RESTRICT,
            filename TEXT NOT NULL,
            mime_type TEXT NOT NULL,
            charset TEXT,
            detector TEXT NOT NULL,
            declared_mime_type TEXT,
            size INTEGER NOT NULL CHECK (size >= 0),
            created_at INTEGER NOT NULL,
            expires_at INTEGER,
            FOREIGN KEY (channel_id, message_id) REFERENCES messages (channel_id, id) ON DELETE CASCADE,
            CHECK ((message_id IS NULL) = (expires_at IS NOT NULL))
        ) STRICT;
        CREATE INDEX attachments_by_channel ON attachments (channel_id, id);
        CREATE INDEX attachments_by_message ON attachments (message_id, expires_at);
        CREATE INDEX attachments_by_blob ON attachments (sha256);

        CREATE TABLE doomed_keys (
            key TEXT NOT NULL PRIMARY KEY,
            not_before INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX doomed_keys_by_time ON doomed_keys (not_before);

        """
}
