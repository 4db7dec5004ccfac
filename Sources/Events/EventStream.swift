import API
import HTTP
import Hummingbird
import Index
import NIOCore

/// One client's stream of events.
///
/// It has no buffer of its own: it reads along in the log of changes. When a client is so slow that the log has moved
/// on, it gets a `reset` and reads its lists anew (docs/api.md, "Events"). Memory stays bounded whatever clients do.
struct EventStream: Sendable {
    /// How many changes are taken from the log at once.
    private static let batch = 100
    /// Events are written together once they have this many bytes. The last one may exceed it. That is the most held
    /// for a client that does not read.
    private static let batchBytes = 65_536

    let index: SQLiteIndex
    /// A channel of the user, or the user for all channels.
    let topic: Topic
    let userID: User.ID
    /// Judged again at every look: the key or session may end while the stream is open.
    let principal: Principal
    let connection: Connection
    /// The number of the last change that the client has seen.
    let start: Int64
    /// Taken for as long as the stream lives; nil for streams that are not limited.
    let place: Place?

    /// Writes until the client leaves, the server stops, the channel is deleted, or the key or session ends.
    ///
    /// After ``Limits/heartbeat`` without an event a comment is written. It shows a dead connection, and its `id` keeps
    /// a quiet client from falling behind the log.
    func write(to writer: inout any ResponseBodyWriter) async throws {
        var last = start
        do {
            // Browsers wait these 2000 ms before they connect again.
            try await writer.write(ByteBuffer(string: "retry: 2000\n\n"))
            while true {
                let after = last
                let next = try await index.wait(
                    for: topic,
                    .access(userID),
                    until: .now + Limits.heartbeat,
                    onStart: { cancel in connection.onHangUp(cancel) }
                ) { () async throws -> Next? in try await self.next(after: after) }
                guard let next else {
                    guard try await isOpen() else { break }
                    last = index.quietNumber(of: topic, after: last)
                    try await writer.write(ByteBuffer(string: ": alive\nid: \(last)\n\n"))
                    continue
                }
                try await writer.write(next.text)
                if next.isEnd { break }
                last = next.last
            }
        } catch IndexError.closed {
            // The server is stopping. The client will connect again.
        } catch IndexError.invalidKey, IndexError.notSignedIn {
            // The key or session has ended.
        }
        try await writer.finish(nil)
    }

    /// Events to be written together, and the number from which to go on.
    private struct Next: Sendable {
        let text: ByteBuffer
        let last: Int64
        var isEnd = false
    }

    /// Judges the caller again. False when the channel is gone.
    ///
    /// - Throws: ``IndexError/invalidKey`` and ``IndexError/notSignedIn``.
    private func isOpen() async throws -> Bool {
        let channelID = channelID
        return try await index.read(by: principal) { reader, user in
            try channelID.map { try reader.agent($0, ofUser: user) != nil } ?? true
        }
    }

    /// What follows a number; nil when nothing has happened yet.
    ///
    /// - Throws: as ``isOpen()``.
    private func next(after last: Int64) async throws -> Next? {
        let isOpen = try await isOpen()
        // Nil: some changes are forgotten already, or the number comes from another run of the server.
        guard let batch = index.changes(of: topic, after: last, limit: Self.batch) else {
            guard isOpen else { return Next(text: ByteBuffer(), last: last, isEnd: true) }
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

    /// The channel of this stream; nil for a user's, which has several.
    private var channelID: Agent.ID? {
        if case .channel(let id) = topic { id } else { nil }
    }

    private func event(_ announcement: Announcement) async throws -> Event {
        let change = announcement.change
        return Event(kind: change.kind.rawValue, number: announcement.number, data: try await data(change))
    }

    /// The object as it is now, so several changes of one message all show its latest state. Without it once it is
    /// gone.
    private func data(_ change: Change) async throws -> EventJSON {
        let channelID = change.channelID
        if change.kind == .agentStatus {
            let agent = try await index.read(by: principal) { try $0.agent(channelID, ofUser: $1) }
            return EventJSON(channelID: channelID, messageID: change.messageID, agent: agent)
        }
        guard let id = change.messageID, change.kind != .messageDeleted else {
            return EventJSON(channelID: channelID, messageID: change.messageID)
        }
        let message = try await index.read(by: principal) { try $0.message(id, ofUser: $1) }
        return EventJSON(channelID: channelID, messageID: id, message: message)
    }
}

/// One event in the format of the stream.
private struct Event {
    let kind: String
    let number: Int64
    let data: EventJSON

    /// The data is a single `data` field. Line breaks, which a payload may have between its members, become blanks.
    func text() throws -> ByteBuffer {
        var text = ByteBuffer(string: "event: \(kind)\nid: \(number)\ndata: ")
        text.writeBytes(try ByteBuffer.json(data).readableBytesView.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 })
        text.writeString("\n\n")
        return text
    }
}
