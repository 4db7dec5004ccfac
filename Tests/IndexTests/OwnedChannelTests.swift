import Testing

import struct Index.Attachment

@testable import Index

/// That nobody can do without one, the compiler keeps: see Tests/MustNotCompile.
@Suite("Whose channel it is")
struct OwnedChannelTests {
    private struct Things {
        let owner: User
        let stranger: User
        let agent: Agent
        let message: Message
        let file: Attachment
    }

    private static func things(_ fixture: Fixture) async throws -> Things {
        let stranger = User.sample(email: "eve@example.org")
        try await fixture.index.write { tx in try tx.insert(stranger) }
        return Things(
            owner: fixture.user,
            stranger: stranger,
            agent: fixture.agent,
            message: try await fixture.send(),
            file: try await fixture.storeFile()
        )
    }

    @Test("The owner gets it by its id, by a message and by a file; and the agent with it")
    func owner() async throws {
        let fixture = try await Fixture()
        let things = try await Self.things(fixture)
        try await fixture.index.read { reader throws in
            let (id, user) = (things.agent.id, ActingUser(id: things.owner.id))
            #expect(try reader.channel(id, ownedBy: user).id == id)
            #expect(try reader.channel(ofMessage: things.message.id, ownedBy: user)?.id == id)
            #expect(try reader.channel(ofFile: things.file.id, ownedBy: user)?.id == id)
            #expect(try reader.agent(id, ownedBy: user).agent == things.agent)
            #expect(try reader.agent(ofMessage: things.message.id, ownedBy: user)?.agent == things.agent)
            #expect(try reader.file(things.file.id, ownedBy: user)?.attachment == things.file)
            #expect(try reader.message(things.message.id, ofUser: user)?.message == things.message)
        }
    }

    @Test("Nobody else does: what is another user's is refused, also the agent that is asked for itself")
    func stranger() async throws {
        let fixture = try await Fixture()
        let things = try await Self.things(fixture)
        try await fixture.index.read { reader throws in
            let (id, user) = (things.agent.id, ActingUser(id: things.stranger.id))
            #expect(throws: IndexError.notOwned) { try reader.channel(id, ownedBy: user) }
            #expect(throws: IndexError.notOwned) { try reader.channel(ofMessage: things.message.id, ownedBy: user) }
            #expect(throws: IndexError.notOwned) { try reader.channel(ofFile: things.file.id, ownedBy: user) }
            #expect(throws: IndexError.noSuchAgent) { try reader.agent(id, ownedBy: user) }
            #expect(throws: IndexError.notOwned) { try reader.agent(ofMessage: things.message.id, ownedBy: user) }
            #expect(throws: IndexError.notOwned) { try reader.file(things.file.id, ownedBy: user) }
            #expect(try reader.message(things.message.id, ofUser: user) == nil)
            #expect(try reader.agent(id, ofUser: user) == nil)
        }
    }

    @Test("What does not exist is refused like another user's channel; a message or a file that does not is nil")
    func absent() async throws {
        let fixture = try await Fixture()
        try await fixture.index.read { reader throws in
            let user = ActingUser(id: fixture.user.id)
            #expect(throws: IndexError.notOwned) { try reader.channel("gone", ownedBy: user) }
            #expect(throws: IndexError.noSuchAgent) { try reader.agent("gone", ownedBy: user) }
            #expect(try reader.channel(ofMessage: "gone", ownedBy: user) == nil)
            #expect(try reader.channel(ofFile: "gone", ownedBy: user) == nil)
            #expect(try reader.agent(ofMessage: "gone", ownedBy: user) == nil)
            #expect(try reader.file("gone", ownedBy: user) == nil)
        }
    }

    @Test("From its removal on nobody gets a channel, though its rows are there for a while")
    func removed() async throws {
        let fixture = try await Fixture()
        let things = try await Self.things(fixture)
        try await fixture.index.write { tx in
            let (_, channel) = try tx.agent(things.agent.id, ownedBy: ActingUser(id: things.owner.id))
            try tx.deleteAgent(in: channel)
        }
        try await fixture.index.read { reader throws in
            let (id, user) = (things.agent.id, ActingUser(id: things.owner.id))
            #expect(throws: IndexError.notOwned) { try reader.channel(id, ownedBy: user) }
            #expect(throws: IndexError.noSuchAgent) { try reader.agent(id, ownedBy: user) }
            #expect(try reader.channel(ofMessage: things.message.id, ownedBy: user) == nil)
            #expect(try reader.channel(ofFile: things.file.id, ownedBy: user) == nil)
            #expect(try reader.file(things.file.id, ownedBy: user) == nil)
            #expect(try reader.anyAgent(id: id) == nil && reader.anyChannel(ofMessage: things.message.id) == nil)
        }
    }

    @Test("A link is stored only for a file of the channel, and seen and ended only there")
    func shares() async throws {
        let fixture = try await Fixture()
        let (index, other) = (fixture.index, Agent.sample(of: fixture.user))
        let file = try await fixture.storeFile()
        let share = Share(id: .make(), attachmentID: file.id, createdAt: .sample, expiresAt: .sample)
        let hash = [UInt8](repeating: 7, count: 32)
        try await index.write { tx throws in
            try tx.insert(other)
            let (its, elsewhere): (OwnedChannel, OwnedChannel) = (tx.owned(fixture.agent.id), tx.owned(other.id))
            #expect(throws: IndexError.missingReference) { try tx.insert(share, hash: hash, in: elsewhere) }
            try tx.insert(share, hash: hash, in: its)
            let earlier = Timestamp(milliseconds: 0)
            #expect(try tx.shares(ofFile: file.id, in: its, now: earlier) == [share])
            #expect(try tx.shares(ofFile: file.id, in: elsewhere, now: earlier) == [])
            #expect(try !tx.endShare(share.id, ofFile: file.id, in: elsewhere))
            #expect(try tx.endShare(share.id, ofFile: file.id, in: its))
        }
    }

    @Test("A list covers the channel that is named, or all of the user's; a message's own channel counts when none is")
    func named() async throws {
        let fixture = try await Fixture()
        let things = try await Self.things(fixture)
        try await fixture.index.read { reader throws in
            let (id, message) = (things.agent.id, things.message.id)
            let (user, eve) = (ActingUser(id: things.owner.id), ActingUser(id: things.stranger.id))
            #expect(try reader.messages(in: reader.channels(id, ownedBy: user), limit: 9).rows.map(\.id) == [message])
            #expect(try reader.messages(in: reader.channels(nil, ownedBy: user), limit: 9).rows.map(\.id) == [message])
            #expect(try reader.messages(in: reader.channels(nil, ownedBy: eve), limit: 9) == .empty)
            #expect(throws: IndexError.notOwned) { try reader.channels(id, ownedBy: eve) }
            #expect(try reader.channel(nil, ofMessage: message, ownedBy: user)?.id == id)
            #expect(try reader.channel(nil, ofMessage: "gone", ownedBy: user) == nil)
            #expect(try reader.channel(id, ofMessage: "gone", ownedBy: user)?.id == id)
            #expect(throws: IndexError.notOwned) { try reader.channel(nil, ofMessage: message, ownedBy: eve) }
            #expect(throws: IndexError.notOwned) { try reader.channel(id, ofMessage: "gone", ownedBy: eve) }
        }
    }
}
