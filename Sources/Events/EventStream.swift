import API
import HTTP
import Hummingbird
import Index
import NIOCore

/// One client's stream of events. Costs no buffer of its own: it reads on in the log of changes, and a client that is so
/// slow that the log has moved on is told to read anew.
struct EventStream: Sendable {
    private static let batch = 100
    /// Events are written together up to this many bytes, and what the last of them has: a client that does not read holds
    /// no more than that.
    private static let batchBytes = 65_536

    let index: SQLiteIndex
    /// A channel of the user's, or the user for all of them.
    let topic: Topic
    let userID: User.ID
    /// Whether the client may still listen: who was let in may have been shut out since.
    let isAllowed: @Sendable (Reader) throws -> Bool
    let connection: Connection
    /// The number of the last change that the client knows.
    let start: Int64
    /// Free again when the stream has ended.
    let place: Place?

    /// Writes until the client leaves, the server stops, the channel is deleted or the key or session has ended.
    func write(to writer: inout any ResponseBodyWriter) async throws {
        var last = start
        do {
            try await writer.write(ByteBuffer(string: "retry: 2000\n\n"))
            while true {
                let after = last
                let next = try await index.wait(
                    for: topic,
                    until: .now + Limits.heartbeat,
                    onStart: { cancel in connection.onHangUp(cancel) }
                ) { () async throws -> Next? in try await self.next(after: after) }
                let isAllowed = try await index.read(isAllowed)
                guard let next else {
                    last = index.quietNumber(of: topic, after: last)
                    try await writer.write(ByteBuffer(string: ": alive\nid: \(last)\n\n"))
                    guard isAllowed else { break }
                    continue
                }
                guard isAllowed || next.isEnd else { break }
                try await writer.write(next.text)
                if next.isEnd { break }
                last = next.last
            }
        } catch IndexError.closed {
            // The server stops; the client connects again.
        }
        try await writer.finish(nil)
    }

    /// Events to be written together, and the number to go on from.
    private struct Next: Sendable {
        let text: ByteBuffer
        let last: Int64
        var isEnd = false
    }

    /// What follows a number; nil when nothing has yet.
    private func next(after last: Int64) async throws -> Next? {
        guard let batch = index.changes(of: topic, after: last, limit: Self.batch) else {
            let newest = index.lastChangeNumber
            let event = Event(kind: "reset", number: newest, data: EventJSON(channelID: channelID))
            return Next(text: try event.text(), last: newest)
        }
        if batch.changes.isEmpty { return nil }
        var text = ByteBuffer()
        for announcement in batch.changes {
            text.writeImmutableBuffer(try await event(announcement).text())
            if announcement.change.kind == .agentDeleted, channelID != nil {
                return Next(text: text, last: announcement.number, isEnd: true)
            }
            if text.readableBytes >= Self.batchBytes { return Next(text: text, last: announcement.number) }
        }
        return Next(text: text, last: batch.last)
    }

    /// Nil when it is about more than one.
    private var channelID: Agent.ID? {
        if case .channel(let id) = topic { id } else { nil }
    }

    private func event(_ announcement: Announcement) async throws -> Event {
        let change = announcement.change
        return Event(kind: change.kind.rawValue, number: announcement.number, data: try await data(change))
    }

    private func data(_ change: Change) async throws -> EventJSON {
        let (channelID, userID) = (change.channelID, userID)
        if change.kind == .agentStatus {
            let agent = try await index.read { try $0.agent(channelID, ofUser: userID) }
            return EventJSON(channelID: channelID, messageID: change.messageID, agent: agent)
        }
        guard let id = change.messageID, change.kind != .messageDeleted else {
            return EventJSON(channelID: channelID, messageID: change.messageID)
        }
        let message = try await index.read { try $0.message(id, ofUser: userID) }
        return EventJSON(channelID: channelID, messageID: id, message: message)
    }
}

/// One event, as it stands in the stream.
private struct Event {
    let kind: String
    let number: Int64
    let data: EventJSON

    /// JSON has no line ends in it, so that it is one `data` field.
    func text() throws -> ByteBuffer {
        var text = ByteBuffer(string: "event: \(kind)\nid: \(number)\ndata: ")
        text.writeImmutableBuffer(try ByteBuffer.json(data))
        text.writeString("\n\n")
        return text
    }
}
