import GRDB

/// What an agent says it is doing while it writes a streamed draft. Encodes to the contract's status event.
package struct StreamEvent: Sendable, Equatable, Identifiable {
    /// How many a stream may have.
    package static let maxPerStream = 1000

    package var id: String
    package var channelId: String
    package var streamId: String
    /// Its place in the stream, from 0.
    package var number: Int
    package var text: String
    package var toolHint: String?
    package var createdAt: Timestamp
}

extension StreamEvent: Encodable {
    private enum CodingKeys: String, CodingKey {
        case id, channelId, streamId, text, toolHint, createdAt
        case number = "index"
    }

    package func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: CodingKeys.self)
        try object.encode(id, forKey: .id)
        try object.encode(channelId, forKey: .channelId)
        try object.encode(streamId, forKey: .streamId)
        try object.encode(number, forKey: .number)
        try object.encode(text, forKey: .text)
        try object.encode(toolHint, forKey: .toolHint)
        try object.encode(createdAt, forKey: .createdAt)
    }
}

extension StreamEvent: FetchableRecord {
    static let columns = """
        stream_events.id, stream_events.channel_id, stream_events.stream_id, stream_events.number, \
        stream_events.text, stream_events.tool_hint, stream_events.created_at
        """

    package init(row: Row) {
        id = row[0]
        channelId = row[1]
        streamId = row[2]
        number = row[3]
        text = row[4]
        toolHint = row[5]
        createdAt = row[6]
    }
}
