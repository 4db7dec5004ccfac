import Foundation
import IndexSupport

@testable import Index

/// An index of its own, with a user and an agent in it; it goes with the fixture.
final class Fixture: Sendable {
    static let storeID = "store-1"

    let directory: String
    /// Of the file of SQLite.
    let path: String
    let index: StoreIndex
    let user: User
    let agent: Agent
    private let place: TestIndex

    init() async throws {
        directory = NSTemporaryDirectory() + "index-" + UUID().uuidString
        path = directory + "/index.sqlite"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        place = try TestIndex(file: path)
        // A group takes all that waits, however slow the machine.
        let index = try place.open(storeID: Self.storeID, timePerGroup: .seconds(3600))
        let user = User.sample(email: "ada@example.org")
        let agent = Agent.sample(of: user)
        try await index.write { tx in
            try tx.insert(user)
            try tx.insert(agent)
        }
        self.index = index
        self.user = user
        self.agent = agent
    }

    deinit {
        if TestIndex.isPostgreSQL {
            // It waits for the writer, who may be the last to let go of the fixture.
            DispatchQueue.global().async { [index, place] in
                index.close()
                place.giveBack()
            }
        }
        try? FileManager.default.removeItem(atPath: directory)
    }

    var location: IndexLocation { place.location }

    /// The same index once more.
    func reopen() throws -> StoreIndex { try place.open(storeID: Self.storeID) }

    /// A connection of somebody else, who sees only what is committed.
    func stranger() throws -> Database { try place.connect() }

    /// Stores a message, with a review that expires after `expiry` if one is given.
    @discardableResult
    func send(_ text: String? = "hello", reviewFor expiry: Duration? = nil) async throws -> Message {
        var message = Message.sample(in: agent)
        message.text = text
        return try await index.write { [message] tx in
            try tx.insert(message, review: expiry.map { .sample(of: message, expiresAt: tx.now + $0) })
            return message
        }
    }

    /// Stores an unattached file with a blob of its own.
    @discardableResult
    func storeFile() async throws -> Attachment {
        let blob = Blob.sample()
        let attachment = Attachment.sample(in: agent, blob: blob)
        return try await index.write { tx in
            _ = try tx.insertBlobOrKeepWinner(blob)
            try tx.insert(attachment)
            return attachment
        }
    }
}

extension Identifier: ExpressibleByStringLiteral {
    public init(stringLiteral text: String) { self.init(rawValue: text) }
}

extension Querying {
    /// A channel, whoever owns it.
    func owned(_ id: Agent.ID) -> OwnedChannel { OwnedChannel(id: id) }

    /// The same for lists.
    func owned(_ id: Agent.ID) throws -> OwnedChannels {
        OwnedChannels(userID: try anyAgent(id: id)?.userID ?? "nobody", only: id)
    }
}

// Into the channel that the record names, whoever owns it.
extension Transaction {
    func insert(_ message: Message, review: Review? = nil) throws {
        try insert(message, review: review, in: owned(message.channelID))
    }

    func insertOrFindFirst(_ message: Message, review: Review? = nil) throws -> NamedMessage? {
        try insertOrFindFirst(message, review: review, in: owned(message.channelID))
    }

    func insert(_ attachment: Attachment) throws {
        try insert(attachment, in: owned(attachment.channelID))
    }

    func attach(ids: [Attachment.ID], to message: Message) throws -> [Attachment.ID] {
        try attach(ids, to: message, in: owned(message.channelID))
    }

    func complete(
        reviewOf id: Message.ID,
        responseJSON: String,
        feedback: String? = nil,
        modifiedFileIDsJSON: String? = nil,
        by responder: Responder = .commandLine
    ) throws -> ReviewCompletion {
        guard let channel = try anyChannel(ofMessage: id) else { return .absent }
        return try complete(
            reviewOf: id,
            in: channel,
            responseJSON: responseJSON,
            feedback: feedback,
            modifiedFileIDsJSON: modifiedFileIDsJSON,
            by: responder
        )
    }

    func setAvatar(_ avatar: Avatar, of agent: Agent) throws -> Agent {
        try setAvatar(avatar, of: agent, in: owned(agent.id))
    }

    func ping(_ agent: Agent, status: Agent.Status, message: String?) throws -> Agent {
        try ping(agent, in: owned(agent.id), status: status, message: message)
    }

    func update(_ agent: Agent) throws {
        try update(agent, in: owned(agent.id))
    }
}

extension Timestamp {
    /// 2026-11-23T22:14:01.123Z
    static let sample = Timestamp(milliseconds: 1_795_472_041_123)
}

extension User {
    static func sample(email: String) -> User {
        User(
            id: .make(),
            email: email,
            displayName: "Ada",
            role: .owner,
            passwordHash: "scrypt$secret",
            mustChangePassword: true,
            createdAt: .sample
        )
    }
}

extension APIKey {
    static func sample(of user: User) -> APIKey {
        APIKey(id: .make(), userID: user.id, label: "ci", keyPrefix: "hp_12345678", createdAt: .sample)
    }
}

extension Agent {
    static func sample(of user: User) -> Agent {
        Agent(id: .make(), userID: user.id, name: "builder", createdAt: .sample)
    }
}

extension Message {
    static func sample(in agent: Agent) -> Message {
        Message(
            id: .make(),
            channelID: agent.id,
            senderType: .agent,
            senderID: agent.id.rawValue,
            text: "hello",
            status: .info,
            createdAt: .sample
        )
    }
}

extension Review {
    static func sample(of message: Message, expiresAt: Timestamp) -> Review {
        Review(of: message, type: "approval", payloadJSON: #"{"options":[]}"#, expiresAt: expiresAt)
    }
}

extension Blob {
    static func sample(sha256: String = .randomDigest(), key: String? = nil) -> Blob {
        Blob(sha256: sha256, key: key ?? OrderedUUID.make(), size: 5, crc32: 0xffff_fffe, createdAt: .sample)
    }
}

extension Attachment {
    static func sample(in agent: Agent, blob: Blob, message: Message? = nil) -> Attachment {
        Attachment(
            id: .make(),
            channelID: agent.id,
            messageID: message?.id,
            sha256: blob.sha256,
            filename: "run.log",
            mimeType: "text/plain",
            charset: "utf-8",
            detector: "libmagic 5.44",
            size: blob.size,
            createdAt: .sample,
            expiresAt: message == nil ? .sample : nil
        )
    }
}

extension String {
    static func randomDigest() -> String {
        (0..<64).map { _ in String(Int.random(in: 0..<16), radix: 16) }.joined()
    }
}
