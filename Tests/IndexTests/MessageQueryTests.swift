import IndexSupport
import Testing

import struct Index.Attachment

@testable import Index

@Suite("Messages")
struct MessageQueryTests {
    @Test("A message comes back whole, with its review and its attachments, and only in its own channel")
    func roundTrip() async throws {
        let fixture = try await Fixture()
        let files = [try await fixture.storeFile(), try await fixture.storeFile()]
        let message = Message.full(in: fixture.agent)
        var review = Review.sample(of: message, expiresAt: .sample)
        review.callbackJSON = #"{"url":"https://c"}"#
        let refused = try await fixture.index.write { [review] tx in
            try tx.insert(message, review: review)
            return try tx.attach(ids: files.reversed().map(\.id), to: message)
        }
        #expect(refused == [])
        let attached = files.map { file in
            var attached = file
            (attached.messageID, attached.expiresAt) = (message.id, nil)
            return attached
        }
        let whole = MessageWithParts(message: message, review: review, attachments: attached)
        try await fixture.index.read { reader throws in
            let channel = fixture.agent.id
            #expect(try reader.message(message.id, in: reader.owned(channel)) == whole)
            for named in [
                try reader.namedMessage(clientID: "client", by: .agent, in: reader.owned(channel)),
                try reader.namedMessage(streamID: "stream", in: reader.owned(channel)),
            ] {
                #expect(named?.id == message.id && named?.streamState == message.streamState)
            }
            #expect(try reader.message(message.id, in: reader.owned("other")) == nil)
            #expect(try reader.namedMessage(clientID: "client", by: .agent, in: reader.owned("other")) == nil)
            #expect(try reader.message("gone", in: reader.owned(channel)) == nil)
        }
    }

    @Test("Of 100 messages with one client id at the same moment the first is stored, and all get that one")
    func clientID() async throws {
        let fixture = try await Fixture()
        let index = fixture.index
        let stored = try await withThrowingTaskGroup(of: (Message.ID, Message.ID).self) { group in
            for _ in 0..<100 {
                var message = Message.sample(in: fixture.agent)
                message.clientID = "c"
                group.addTask { [message] in
                    let review = Review.sample(of: message, expiresAt: .sample)
                    let first = try await index.write { tx in try tx.insertOrFindFirst(message, review: review) }
                    return (first?.id ?? message.id, message.id)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(stored.map(\.0)).count == 1)
        #expect(stored.filter { $0.0 == $0.1 }.count == 1)
        #expect(try await index.read { try $0.messageCount() } == 1)
    }

    @Test("A client id or a stream id is taken once in a channel, and is free in another")
    func uniqueNames() async throws {
        let fixture = try await Fixture()
        let other = Agent.sample(of: fixture.user)
        let (first, again) = (Message.full(in: fixture.agent), Message.full(in: fixture.agent))
        var draft = again
        draft.clientID = "another"
        try await fixture.index.write { [draft] tx in
            try tx.insert(other)
            try tx.insert(first)
            try tx.insert(.full(in: other))
            #expect(try tx.insertOrFindFirst(again)?.id == first.id)
            #expect(try tx.insertOrFindFirst(draft)?.id == first.id)
        }
        for message in [again, draft] {
            await #expect(throws: IndexError.duplicate) {
                try await fixture.index.write { tx in try tx.insert(message) }
            }
        }
        #expect(try await fixture.index.read { try $0.messageCount() } == 2)
    }

    @Test("Only unattached files of the channel can be attached; the others are named, a repeat counts once")
    func attach() async throws {
        let fixture = try await Fixture()
        let other = Agent.sample(of: fixture.user)
        let (free, taken) = (try await fixture.storeFile(), try await fixture.storeFile())
        let elsewhere = Attachment.sample(in: other, blob: .sample(sha256: free.sha256))
        let (first, second) = (try await fixture.send(), try await fixture.send())
        let refused = try await fixture.index.write { tx in
            try tx.insert(other)
            try tx.insert(elsewhere)
            #expect(try tx.attach(ids: [taken.id], to: first) == [])
            return try tx.attach(ids: [free.id, taken.id, free.id, elsewhere.id, "gone", "gone"], to: second)
        }
        #expect(refused == [taken.id, elsewhere.id, "gone"])
        let attached = try await fixture.index.read { try $0.attachment(free.id, in: $0.owned(free.channelID)) }
        #expect(attached?.messageID == second.id)
        #expect(attached?.expiresAt == nil)
    }

    @Test("Of two messages racing for a file one gets it")
    func attachRace() async throws {
        let fixture = try await Fixture()
        let file = try await fixture.storeFile()
        let messages = [try await fixture.send(), try await fixture.send()]
        let refused = try await fixture.index.asOneGroup(
            messages.map { message in { tx in try tx.attach(ids: [file.id], to: message).count } }
        )
        #expect(try refused.map { try $0.get() }.sorted() == [0, 1])
    }

    @Test("Deleting takes review, answer and attachments with it, once, and only in its channel")
    func delete() async throws {
        let fixture = try await Fixture()
        let (index, channel) = (fixture.index, fixture.agent.id)
        let file = try await fixture.storeFile()
        let message = try await fixture.send(reviewFor: .seconds(3600))
        try await index.write { tx in
            _ = try tx.attach(ids: [file.id], to: message)
            #expect(try tx.complete(reviewOf: message.id, responseJSON: "{}") == .accepted)
            #expect(try tx.deleteMessage(message.id, in: tx.owned("other")) == .absent)
            #expect(try tx.deleteMessage(message.id, in: tx.owned(channel)) == .deleted)
            #expect(try tx.deleteMessage(message.id, in: tx.owned(channel)) == .absent)
            #expect(try tx.complete(reviewOf: message.id, responseJSON: "{}") == .absent)
        }
        try await index.read { reader throws in
            #expect(try reader.attachment(file.id, in: reader.owned(channel)) == nil)
            #expect(try reader.answers(in: reader.owned(channel), limit: 9) == [])
        }
    }

    @Test("What was delivered stays so, and what an agent has received it has received: no later news changes that")
    func delivery() async throws {
        let fixture = try await Fixture()
        let message = try await fixture.send()
        let (id, channel) = (message.id, message.channelID)
        let now = try await fixture.index.write { tx throws in
            #expect(try tx.setDeliveryStatus(.webhookFailed, messageID: id))
            #expect(try tx.setDeliveryStatus(.webhookDelivered, messageID: id))
            #expect(try !tx.setDeliveryStatus(.webhookDelivered, messageID: id))
            #expect(try !tx.setDeliveryStatus(.webhookFailed, messageID: id))
            #expect(try tx.anyMessage(id: id)?.message.deliveryStatus == .webhookDelivered)
            #expect(try !tx.acknowledge(id, in: tx.owned("other")))
            #expect(try tx.acknowledge(id, in: tx.owned(channel)))
            #expect(try tx.acknowledge(id, in: tx.owned(channel)))
            for status in [Message.DeliveryStatus.sent, .webhookFailed, .agentReceived] {
                #expect(try !tx.setDeliveryStatus(status, messageID: id))
            }
            #expect(try !tx.setDeliveryStatus(.sent, messageID: "gone"))
            return tx.now
        }
        let stored = try await fixture.index.read { try $0.anyMessage(id: id)?.message }
        #expect(stored?.deliveryStatus == .agentReceived)
        #expect(stored?.updatedAt == now)
    }

    @Test("A stream has a state, an iteration a group, and a review its message's channel")
    func constraints() async throws {
        let fixture = try await Fixture()
        let other = Agent.sample(of: fixture.user)
        var draft = Message.sample(in: fixture.agent)
        draft.streamID = "s"
        var review = Review.sample(of: draft, expiresAt: .sample)
        review.channelID = other.id
        await #expect {
            try await fixture.index.write { [draft] tx in try tx.insert(draft) }
        } throws: {
            ($0 as? IndexError)?.isFailedCheck == true
        }
        draft.streamState = .streaming
        await #expect(throws: IndexError.missingReference) {
            try await fixture.index.write { [draft, review] tx in
                try tx.insert(other)
                try tx.insert(draft, review: review)
            }
        }
        #expect(try await fixture.index.read { try $0.messageCount() } == 0)
    }
}

extension Message {
    fileprivate static func full(in agent: Agent) -> Message {
        Message(
            id: .make(),
            channelID: agent.id,
            senderType: .agent,
            senderID: agent.id.rawValue,
            text: "text",
            status: .warning,
            metadataJSON: #"{"n":3,"x":3.0}"#,
            webhookURL: "https://h",
            deliveryStatus: .webhookFailed,
            iteration: Iteration(groupID: .make(), number: 7),
            clientID: "client",
            streamID: "stream",
            streamState: .aborted,
            createdAt: .sample,
            updatedAt: Timestamp(milliseconds: 5)
        )
    }
}
