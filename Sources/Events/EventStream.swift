import API
import HTTP
import Hummingbird
import Index
import JSON
import NIOCore

/// One client's stream of events.
///
/// It has no buffer of its own: it reads along in the log of changes. When a client is so slow that the log has moved
/// on, it gets a `reset` and reads its lists anew (docs/api.md, "Events"). Memory stays bounded whatever clients do.
struct EventStream: Sendable {
    /// How many changes are taken from the log at once.
    private static let batch = 100
    /// Events are written together once they have this many bytes. The last one may exceed it, by a message of
    /// ``Limits/eventMessage``. That is the most held for a client that does not read.
    private static let batchBytes = 65_536

    let index: StoreIndex
    /// A channel of the user, or the user for all channels.
    let topic: Topic
    let userID: User.ID
    /// Judged again at every look: the key or session may end while the stream is open.
    let principal: Principal
    let connection: Connection
    /// The number of the last change that the client has seen.
    let start: Int64
    /// Taken for as long as the stream lives.
    let place: [Place]

    /// Writes until the client leaves, the server stops, the channel is deleted, or the key or session ends.
    ///
    /// The first event, `ready` or `reset`, has an id at once: whoever is cut off before anything happens can go on
    /// from there. After ``Limits/heartbeat`` without an event a comment is written, which shows a dead connection. No
    /// blank line follows it: some clients take that for an event without data.
    func write(to writer: inout any ResponseBodyWriter) async throws {
        do {
            let opening = opening
            var last = opening.number
            // Browsers wait these 2000 ms before they connect again.
            var text = ByteBuffer(string: "retry: 2000\n")
            text.writeImmutableBuffer(try opening.text())
            try await writer.write(text)
            while true {
                let after = last
                let next = try await index.wait(
                    for: topic,
                    .access(userID),
                    until: .now + Limits.heartbeat,
                    onStart: { cancel in connection.onHangUp(cancel) }
                ) { () async throws -> Next? in try await self.next(after: after) }
                if next == nil, try await !isOpen() { break }
                try await writer.write(next?.text ?? ByteBuffer(string: ": alive\n"))
                if next?.isEnd == true { break }
                // A listener that hears nothing keeps up with the log all the same.
                last = next?.last ?? index.quietNumber(of: topic, after: last)
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

    /// The first event: where the client begins, or that it cannot go on from where it was.
    private var opening: Event {
        let isKnown = index.changes(of: topic, after: start, limit: 1) != nil
        return isKnown ? Event(kind: "ready", number: start, data: EventJSON(channelID: channelID)) : reset
    }

    private var reset: Event {
        Event(kind: "reset", number: index.lastChangeNumber, data: EventJSON(channelID: channelID))
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
        // Nil: some changes are forgotten already.
        guard let batch = index.changes(of: topic, after: last, limit: Self.batch) else {
            guard isOpen else { return Next(text: ByteBuffer(), last: last, isEnd: true) }
            let reset = reset
            return Next(text: try reset.text(), last: reset.number)
        }
        if batch.changes.isEmpty { return nil }
        let latest = batch.latestUpdates
        var text = ByteBuffer()
        for announcement in batch.changes {
            let change = announcement.change
            // Both would show the message as it is now.
            if change.kind == .messageUpdated, latest[change.messageID] != announcement.number { continue }
            text.writeImmutableBuffer(try await event(announcement).text())
            if change.kind == .agentDeleted, channelID != nil {
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

    /// The object as it is now, so several changes of one message all show its latest state. Without it once it is gone,
    /// or when it is heavier than ``Limits/eventMessage``: then the client reads it by its id.
    private func data(_ change: Change) async throws -> EventJSON {
        let channelID = change.channelID
        if change.kind == .agentStatus {
            let agent = try await index.read(by: principal) { try $0.agent(channelID, ofUser: $1) }
            return EventJSON(channelID: channelID, messageID: change.messageID, agent: agent)
        }
        guard let id = change.messageID, change.kind != .messageDeleted else {
            return EventJSON(channelID: channelID, messageID: change.messageID)
        }
        let message = try await index.read(by: principal) {
            try $0.message(id, ofUser: $1, maxWeight: Limits.eventMessage)
        }
        return EventJSON(channelID: channelID, messageID: id, message: message)
    }
}

extension ChangeBatch {
    /// The number of the last `message:updated` of each message.
    fileprivate var latestUpdates: [Message.ID?: Int64] {
        let updates = changes.lazy.filter { $0.change.kind == .messageUpdated }
        return Dictionary(updates.map { ($0.change.messageID, $0.number) }, uniquingKeysWith: max)
    }
}

/// One event in the format of the stream.
private struct Event {
    let kind: String
    let number: Int64
    let data: EventJSON

    /// The data is a single `data` field.
    func text() throws -> ByteBuffer {
        var text = ByteBuffer(string: "event: \(kind)\nid: \(number)\ndata: ")
        text.writeBytes(try JSONText.bytes(of: data).onOneLine())
        text.writeString("\n\n")
        return text
    }
}

extension [UInt8] {
    /// JSON without line ends: those between its members, as a payload may have them, become blanks. U+0085, U+2028 and
    /// U+2029, at which some clients cut the stream, are escaped; they can only be in strings.
    fileprivate func onOneLine() -> [UInt8] {
        guard contains(where: { $0 == 0x0A || $0 == 0x0D || $0 == 0xC2 || $0 == 0xE2 }) else { return self }
        var escaped: [UInt8] = []
        escaped.reserveCapacity(count)
        var rest = self[...]
        while let byte = rest.popFirst() {
            switch (byte, rest.first, rest.dropFirst().first) {
            case (0x0A, _, _), (0x0D, _, _):
                escaped.append(UInt8(ascii: " "))
            // In UTF-8 they are C2 85, E2 80 A8 and E2 80 A9.
            case (0xC2, 0x85, _):
                escaped += #"\u0085"#.utf8
                rest = rest.dropFirst()
            case (0xE2, 0x80, 0xA8), (0xE2, 0x80, 0xA9):
                escaped += (rest.dropFirst().first == 0xA8 ? #"\u2028"# : #"\u2029"#).utf8
                rest = rest.dropFirst(2)
            default:
                escaped.append(byte)
            }
        }
        return escaped
    }
}
