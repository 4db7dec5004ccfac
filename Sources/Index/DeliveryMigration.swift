/// Migration 3: webhooks and their queue, status events of streams, and what agents said they were doing.
///
/// One delivery for each event of a message: what is enqueued twice is sent as one, under one `webhook-id`.
enum DeliveryMigration {
    static let sql = removal + deliveries + streams + statuses

    // A deleted agent is out of sight at once; its rows go in batches (see `Queries/AgentRemoval`).
    private static let removal = """
        ALTER TABLE agents ADD COLUMN removed_at INTEGER;
        CREATE INDEX agents_removed ON agents (removed_at) WHERE removed_at IS NOT NULL;

        """

    // A claimed row's next attempt is the end of its lease, so the work of a process that died comes up again.
    private static let deliveries = """
        ALTER TABLE agents ADD COLUMN webhook_secret TEXT;

        CREATE TABLE deliveries (
            id TEXT NOT NULL PRIMARY KEY,
            channel_id TEXT NOT NULL,
            message_id TEXT NOT NULL,
            event TEXT NOT NULL CHECK (event IN ('message:created', 'review:responded', 'review:expired')),
            state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
            attempts INTEGER NOT NULL CHECK (attempts >= 0),
            next_attempt_at INTEGER,
            response_status INTEGER,
            error TEXT,
            created_at INTEGER NOT NULL,
            finished_at INTEGER,
            UNIQUE (message_id, event),
            FOREIGN KEY (channel_id, message_id) REFERENCES messages (channel_id, id) ON DELETE CASCADE,
            CHECK ((state = 'pending') = (next_attempt_at IS NOT NULL)),
            CHECK ((state = 'pending') = (finished_at IS NULL))
        ) STRICT;
        CREATE INDEX deliveries_by_message ON deliveries (channel_id, message_id);
        CREATE INDEX deliveries_due ON deliveries (next_attempt_at) WHERE state = 'pending';

        """

    // A status event may come before its draft, so it belongs to the channel and has the stream's name; it goes with the
    // draft.
    private static let streams = """
        CREATE TABLE stream_events (
            id TEXT NOT NULL PRIMARY KEY,
            channel_id TEXT NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
            stream_id TEXT NOT NULL,
            number INTEGER NOT NULL CHECK (number >= 0),
            text TEXT NOT NULL,
            tool_hint TEXT,
            created_at INTEGER NOT NULL,
            UNIQUE (channel_id, stream_id, number)
        ) STRICT;
        CREATE TRIGGER stream_events_delete AFTER DELETE ON messages WHEN old.stream_id IS NOT NULL BEGIN
            DELETE FROM stream_events WHERE channel_id = old.channel_id AND stream_id = old.stream_id;
        END;
        CREATE INDEX messages_streaming ON messages (updated_at) WHERE stream_state = 'streaming';

        """

    private static let statuses = """
        CREATE TABLE agent_statuses (
            id TEXT NOT NULL PRIMARY KEY,
            agent_id TEXT NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
            status TEXT NOT NULL CHECK (status IN ('active', 'busy', 'error', 'offline')),
            message TEXT,
            since INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX agent_statuses_by_agent ON agent_statuses (agent_id, id);

        """
}
