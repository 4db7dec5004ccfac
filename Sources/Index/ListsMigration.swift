/// Migration 6: what the lists and figures that people see stand on.
enum ListsMigration {
    static let sql = deliveries + figures

    private static let deliveries = """
        ALTER TABLE deliveries ADD COLUMN attempted_at INTEGER;
        CREATE INDEX deliveries_by_channel ON deliveries (channel_id, id);

        """

    // Counting reads these alone, not the messages and reviews with all their text. The index by status does also what
    // that of pending reviews did.
    private static let figures = """
        CREATE INDEX messages_of_agents ON messages (channel_id, id) WHERE sender_type = 'agent';
        DROP INDEX reviews_pending;
        CREATE INDEX reviews_by_status ON reviews (channel_id, status, message_id);

        """
}
