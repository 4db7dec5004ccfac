/// What an agent says it is doing while it writes a streamed draft.
package struct StreamEvent: Sendable, Equatable, Identifiable {
    /// How many events a stream may have.
    package static let maxPerStream = 1000
    /// How many of them, the last ones, a message has with it. The numbers tell whether there are earlier ones.
    package static let maxShown = 20
    /// How long an event may wait for its draft.
    static let lifetime = Duration.seconds(24 * 60 * 60)

    package var id: Identifier<StreamEvent>
    package var channelID: Agent.ID
    package var streamID: String
    /// Its place in the stream, counted from 0.
    package var number: Int
    package var text: String
    /// Whether a tool is at work.
    package var toolHint: Bool
    package var createdAt: Timestamp
}

extension StreamEvent: StoredRecord {
    static let columns = Columns<StreamEvent>(
        of: "stream_events",
        [
            ("id", { $0.id }),
            ("channel_id", { $0.channelID }),
            ("stream_id", { $0.streamID }),
            ("number", { $0.number }),
            ("text", { $0.text }),
            ("tool_hint", { $0.toolHint }),
            ("created_at", { $0.createdAt }),
        ]
    )

    init(row: inout Row) {
        id = row.next()
        channelID = row.next()
        streamID = row.next()
        number = row.next()
        text = row.next()
        toolHint = row.next()
        createdAt = row.next()
    }
}
