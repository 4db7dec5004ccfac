import Foundation
import IndexSupport
import Testing

import struct Index.Attachment

@testable import Index
@testable import struct Index.Row

@Suite("Records and rows")
struct RecordTests {
    @Test("Each record reads its columns in the order of their list: what its values give is read as the same record")
    func order() async throws {
        var user = User.sample(email: "ada@example.org")
        user.quotaBytes = 7
        try check(user)
        var key = APIKey.sample(of: user)
        (key.scope, key.expiresAt) = ("read", at(4))
        key.lastUsedAt = .sample + .seconds(1)
        key.defaultChannelID = "default"
        try check(key)
        var session = Session(
            id: "a",
            userID: "b",
            userAgent: "c",
            createdAt: at(1),
            lastUsedAt: at(2),
            expiresAt: at(3)
        )
        session.passwordGivenAt = at(4)
        try check(session)
        try check(Share(id: "a", attachmentID: "b", createdAt: at(1), expiresAt: at(2)))
        try check(
            PartialUpload(
                id: "a",
                userID: "b",
                channelID: "c",
                filename: "d",
                declaredType: "e",
                length: 20,
                received: 10,
                attachmentID: "f",
                createdAt: at(2),
                expiresAt: at(3)
            )
        )
        try check(UploadPart(uploadID: "a", start: 1, size: 2, key: "b"))
        try check(
            UploadToken(
                id: "a",
                keyID: "b",
                channelID: "c",
                filename: "d",
                maxBytes: 1,
                createdAt: at(2),
                expiresAt: at(3)
            )
        )
        try check(Blob.sample())
        try check(Avatar(mimeType: "image/png", bytes: Data([1])))
        try check(
            StreamEvent(id: "a", channelID: "b", streamID: "c", number: 3, text: "d", toolHint: true, createdAt: at(2))
        )
        try check(
            NoticeSettings(
                userID: "a",
                kinds: [.question, .problem],
                mutedChannels: ["b", "\"c\\"],
                quietHours: .init(from: 3, to: 4, timeZone: "d"),
                hidesText: true
            )
        )
        var way = NoticeWay(id: "a", userID: "b", kind: .push, url: "c", createdAt: at(1))
        (way.keys, way.token) = (.init(p256dh: Data(repeating: 1, count: 65), auth: Data(repeating: 2, count: 16)), "d")
        (way.name, way.sessionID, way.lastUsedAt) = ("e", "f", at(2))
        try check(way)
        try check(agent)
        try check(message)
        try check(review)
        var damaged = attachment
        damaged.damagedAt = at(4)
        try check(damaged)
        try check(delivery)
        let origin = Origin(.link, userID: "a", credential: "b", address: "c", requestID: "d")
        var entry = AuditEntry(.fileOpened, "e", in: "f", count: 2, by: origin, at: at(1))
        entry.number = 7
        try check(entry)
    }

    @Test("Records whose optional columns are NULL are read as such")
    func nulls() async throws {
        let agent = Agent.sample(of: .sample(email: "ada@example.org"))
        let message = Message.sample(in: agent)
        for values in [agent.values, message.values] { #expect(values.contains { $0 == nil }) }
        #expect(try read(agent.values) == agent)
        #expect(try read(message.values) == message)
    }

    @Test("A column that is read as something else, NULL as a value, and columns missing or left over end the process")
    func mistakes() async throws {
        await #expect(processExitsWith: .failure) { try Self.row("1") { row in _ = row.next() as String } }
        await #expect(processExitsWith: .failure) { try Self.row("'1'") { row in _ = row.next() as Int } }
        await #expect(processExitsWith: .failure) { try Self.row("NULL") { row in _ = row.next() as Int } }
        await #expect(processExitsWith: .failure) { try Self.row("'x'") { row in _ = row.next() as User.Role } }
        await #expect(processExitsWith: .failure) { try Self.row("1") { row in _ = row.read() as StoredAmount } }
        await #expect(processExitsWith: .failure) { try Self.row("1, 1, 1") { row in _ = row.read() as StoredAmount } }
        await #expect(processExitsWith: .success) { try Self.row("1, 1") { row in _ = row.read() as StoredAmount } }
    }

    private func check<R: StoredRecord & Equatable>(_ record: R) throws {
        let stored = record.values.map { $0?.stored ?? .null }
        for (number, value) in stored.enumerated() {
            #expect(value != .null && !stored[..<number].contains(value), "\(R.self).\(R.columns.names[number])")
        }
        #expect(try read(record.values) == record)
    }

    private func read<R: StoredRecord>(_ values: Arguments) throws -> R? {
        let reader = Reader(connection: try Database(path: ":memory:", .readWrite))
        return try reader.one("SELECT " + values.map { _ in "?" }.joined(separator: ", "), values)
    }

    private static func row(_ columns: String, _ body: (inout Row) -> Void) throws {
        try Database(path: ":memory:", .readWrite).rows("SELECT \(columns)", []) { row in
            var row = row
            body(&row)
            return false
        }
    }
}

// With another value in every column, so that two that change places are seen.

private func at(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds) }

private let agent = Agent(
    id: "a",
    userID: "b",
    name: "c",
    description: "d",
    avatarURL: "e",
    webhook: {
        var webhook = Webhook(
            url: "https://h",
            headers: ["X": "y"],
            auth: Webhook.Auth(username: "u", password: "p"),
            secret: "whsec_"
        )
        webhook.oldSecret = Webhook.OldSecret("whsec_old", until: at(4))
        return webhook
    }(),
    status: .busy,
    statusMessage: "f",
    statusSince: at(1),
    lastActiveAt: at(2),
    tag: "g",
    quotaBytes: 7,
    retentionDays: 8,
    createdAt: at(3)
)

private let message = Message(
    id: "a",
    channelID: "b",
    senderType: .user,
    senderID: "c",
    text: "d",
    status: .warning,
    metadataJSON: "{}",
    webhookURL: "https://h",
    deliveryStatus: .agentReceived,
    iteration: Iteration(groupID: "e", number: 1),
    clientID: "f",
    streamID: "g",
    streamState: .aborted,
    createdAt: at(2),
    updatedAt: at(3)
)

private var review: Review {
    var review = Review(of: message, type: "t", payloadJSON: "{}", callbackJSON: "[]", digest: "s", expiresAt: at(1))
    review.status = .completed
    review.responseJSON = "r"
    review.feedback = "f"
    review.modifiedFileIDsJSON = "m"
    review.completedAt = at(2)
    review.respondedBy = Responder(.sample(email: "ada@example.org"))
    return review
}

private let attachment = Attachment(
    id: "a",
    channelID: "b",
    messageID: "c",
    sha256: "d",
    filename: "e",
    mimeType: "f",
    charset: "g",
    detector: "h",
    declaredMimeType: "i",
    size: 1,
    createdAt: at(2),
    expiresAt: at(3)
)

private let delivery = Delivery(
    id: "a",
    channelID: "b",
    messageID: "c",
    event: .reviewExpired,
    state: .failed,
    attempts: 1,
    attemptedAt: at(2),
    nextAttemptAt: at(3),
    responseStatus: 4,
    error: "d",
    createdAt: at(5),
    finishedAt: at(6)
)
