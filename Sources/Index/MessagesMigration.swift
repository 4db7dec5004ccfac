/// Migration 2: all that a message carries, reviews, the feed of answers, and search.
///
/// Constraints decide the races: one message per client id, per stream id and per place in an iteration group; one
/// review per message, completed exactly when it has a response.
enum MessagesMigration {
    static let sql = numbers + messages + reviews + search

    // Search numbers: the high bits are the channel's number, the low 40 follow the ids of its messages. So a
    // channel is one range of the full-text index, newest last, and a search in it reads nothing of its neighbours.
    // The tables' own rowids would not do: VACUUM renumbers them.
    private static let numbers = """
        ALTER TABLE agents ADD COLUMN number INTEGER;
        UPDATE agents SET number = ranked.number
            FROM (SELECT id, row_number() OVER (ORDER BY id) AS number FROM agents) AS ranked
            WHERE ranked.id = agents.id;
        CREATE UNIQUE INDEX agents_by_number ON agents (number);

        ALTER TABLE messages ADD COLUMN search_number INTEGER;
        UPDATE messages SET search_number = ranked.number
            FROM (
                SELECT messages.id, (agents.number << 40)
                    + row_number() OVER (PARTITION BY messages.channel_id ORDER BY messages.id) AS number
                FROM messages JOIN agents ON agents.id = messages.channel_id
            ) AS ranked
            WHERE ranked.id = messages.id;
        CREATE UNIQUE INDEX messages_by_search_number ON messages (search_number);

        """

    private static let messages = """
        ALTER TABLE messages ADD COLUMN metadata TEXT;
        ALTER TABLE messages ADD COLUMN webhook_url TEXT;
        ALTER TABLE messages ADD COLUMN iteration_group_id TEXT;
        ALTER TABLE messages ADD COLUMN iteration INTEGER
            CHECK ((iteration IS NULL) = (iteration_group_id IS NULL) AND iteration > 0);
        ALTER TABLE messages ADD COLUMN client_id TEXT;
        ALTER TABLE messages ADD COLUMN stream_id TEXT;
        ALTER TABLE messages ADD COLUMN stream_state TEXT
            CHECK ((stream_state IS NULL) = (stream_id IS NULL)
                AND stream_state IN ('streaming', 'complete', 'aborted'));
        CREATE UNIQUE INDEX messages_by_client ON messages (channel_id, client_id) WHERE client_id IS NOT NULL;
        CREATE UNIQUE INDEX messages_by_stream ON messages (channel_id, stream_id) WHERE stream_id IS NOT NULL;
        CREATE UNIQUE INDEX messages_by_iteration ON messages (iteration_group_id, iteration)
            WHERE iteration_group_id IS NOT NULL;
        CREATE INDEX attachments_by_channel_message ON attachments (channel_id, message_id);

        """

    // AUTOINCREMENT: a number is not given again after the newest answer has gone, so a reader who has come to some
    // number misses nothing that comes later.
    private static let reviews = """
        CREATE TABLE reviews (
            message_id TEXT NOT NULL PRIMARY KEY,
            channel_id TEXT NOT NULL,
            type TEXT NOT NULL,
            payload TEXT,
            callback TEXT,
            status TEXT NOT NULL CHECK (status IN ('pending', 'completed', 'expired')),
            expires_at INTEGER NOT NULL,
            response TEXT,
            feedback TEXT,
            modified_file_ids TEXT,
            completed_at INTEGER,
            FOREIGN KEY (channel_id, message_id) REFERENCES messages (channel_id, id) ON DELETE CASCADE,
            CHECK ((status = 'completed') = (response IS NOT NULL)),
            CHECK ((status = 'completed') = (completed_at IS NOT NULL))
        ) STRICT;
        CREATE INDEX reviews_by_channel ON reviews (channel_id, message_id);
        CREATE INDEX reviews_pending ON reviews (channel_id, message_id) WHERE status = 'pending';
        CREATE INDEX reviews_due ON reviews (expires_at) WHERE status = 'pending';

        CREATE TABLE answers (
            number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
            channel_id TEXT NOT NULL,
            message_id TEXT NOT NULL UNIQUE REFERENCES reviews (message_id) ON DELETE CASCADE
        ) STRICT;
        CREATE INDEX answers_by_channel ON answers (channel_id, number);

        """

    // Trigrams of the text, folded to one case. The index takes the text from `messages` (external content), knows
    // only which messages have which trigrams (detail=none: a third of the size and of the work of keeping
    // positions), and queries compare the text itself.
    //
    // FTS5 writes all it has in memory at every savepoint, which here means at every unit: ten times the work. So the
    // triggers only note what changes, with the text that the index still has, and the group commit passes it on
    // once (see `SearchChanges`).
    private static let search = """
        CREATE VIRTUAL TABLE message_search USING fts5 (
            text, content='messages', content_rowid='search_number', tokenize='trigram', detail=none, columnsize=0
        );
        INSERT INTO message_search (message_search) VALUES ('rebuild');
        CREATE TABLE search_changes (
            number INTEGER NOT NULL PRIMARY KEY,
            indexed_text TEXT
        ) STRICT;
        CREATE TRIGGER message_search_insert AFTER INSERT ON messages WHEN new.text IS NOT NULL BEGIN
            INSERT INTO search_changes VALUES (new.search_number, NULL) ON CONFLICT DO NOTHING;
        END;
        CREATE TRIGGER message_search_delete AFTER DELETE ON messages WHEN old.text IS NOT NULL BEGIN
            INSERT INTO search_changes VALUES (old.search_number, old.text) ON CONFLICT DO NOTHING;
        END;
        CREATE TRIGGER message_search_update AFTER UPDATE OF text, search_number ON messages
        WHEN old.text IS NOT new.text OR old.search_number <> new.search_number BEGIN
            INSERT INTO search_changes VALUES (old.search_number, old.text) ON CONFLICT DO NOTHING;
            INSERT INTO search_changes VALUES (new.search_number, NULL) ON CONFLICT DO NOTHING;
        END;

        """
}
