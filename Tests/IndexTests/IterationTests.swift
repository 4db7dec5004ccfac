import IndexSupport
import Testing

@testable import Index

@Suite("Iterations")
struct IterationTests {
    /// A message whose review has been answered.
    private func answered(_ fixture: Fixture) async throws -> Message {
        let message = try await fixture.send(reviewFor: .seconds(3600))
        _ = try await fixture.index.write { tx in try tx.complete(reviewOf: message.id, responseJSON: "{}") }
        return message
    }

    private static func iterate(_ target: Message, _ agent: Agent, _ tx: Transaction) throws -> Message? {
        guard let place = try tx.nextIteration(of: target.id, in: tx.owned(target.channelID)) else { return nil }
        var message = Message.sample(in: agent)
        message.iteration = place
        try tx.insert(message, review: .sample(of: message, expiresAt: tx.now))
        return message
    }

    @Test("The target becomes version 1 of its own group; every version leads to the group, in order")
    func group() async throws {
        let fixture = try await Fixture()
        let (root, agent) = (try await answered(fixture), fixture.agent)
        // A version's review has expired at once, so there can be a version of it.
        let second = try #require(try await fixture.index.write { tx in try Self.iterate(root, agent, tx) })
        let third = try #require(try await fixture.index.write { tx in try Self.iterate(second, agent, tx) })
        #expect(third.iteration == Iteration(groupID: root.id, number: 3))
        try await fixture.index.read { reader throws in
            for member in [root, second, third] {
                let group = try reader.iterations(ofMessage: member.id, in: reader.owned(agent.id), limit: 9).rows
                #expect(group.map(\.id) == [root.id, second.id, third.id])
                #expect(group.map(\.message.iteration?.number) == [1, 2, 3])
                let page = {
                    try reader.iterations(ofMessage: member.id, in: reader.owned(agent.id), after: $0, limit: 2)
                }
                #expect(try page(nil).rows.map(\.id) == [root.id, second.id])
                #expect(try page(second.id).rows.map(\.id) == [third.id])
            }
            #expect(try reader.iterations(ofMessage: root.id, in: reader.owned("other"), limit: 9) == .empty)
        }
    }

    @Test("A lone message gives itself, an absent one nothing")
    func lone() async throws {
        let fixture = try await Fixture()
        let message = try await fixture.send()
        try await fixture.index.read { reader throws in
            let channel = fixture.agent.id
            let alone = try reader.iterations(ofMessage: message.id, in: reader.owned(channel), limit: 9)
            #expect(alone.rows.map(\.id) == [message.id])
            #expect(try reader.iterations(ofMessage: "gone", in: reader.owned(channel), limit: 9) == .empty)
        }
    }

    @Test("There is no version of a pending review, of a message without one, or of another channel's")
    func refused() async throws {
        let fixture = try await Fixture()
        let channel = fixture.agent.id
        let pending = try await fixture.send(reviewFor: .seconds(3600))
        let (plain, done) = (try await fixture.send(), try await answered(fixture))
        try await fixture.index.write { tx throws in
            for id in [pending.id, plain.id, "gone"] {
                #expect(try tx.nextIteration(of: id, in: tx.owned(channel)) == nil)
            }
            #expect(try tx.nextIteration(of: done.id, in: tx.owned("other")) == nil)
        }
    }

    @Test("Of many versions of one target at the same moment every one gets a number of its own")
    func race() async throws {
        let fixture = try await Fixture()
        let (root, agent) = (try await answered(fixture), fixture.agent)
        let numbers = try await withThrowingTaskGroup(of: Int?.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    try await fixture.index.write { tx in try Self.iterate(root, agent, tx)?.iteration?.number }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(numbers.compactMap(\.self).sorted() == Array(2...21))
    }

    @Test("A place is taken once: whoever computed it from an old state is refused, not stored twice")
    func takenPlace() async throws {
        let fixture = try await Fixture()
        let (root, agent) = (try await answered(fixture), fixture.agent)
        let second = try #require(try await fixture.index.write { tx in try Self.iterate(root, agent, tx) })
        await #expect(throws: IndexError.duplicate) {
            try await fixture.index.write { tx in
                var message = Message.sample(in: agent)
                message.iteration = second.iteration
                try tx.insert(message)
            }
        }
    }

    @Test("No version can be deleted while there are others; the last one can")
    func delete() async throws {
        let fixture = try await Fixture()
        let (root, agent) = (try await answered(fixture), fixture.agent)
        let lone = try await answered(fixture)
        try await fixture.index.write { tx in
            let second = try #require(try Self.iterate(root, agent, tx))
            for id in [root.id, second.id] {
                #expect(try tx.deleteMessage(id, in: tx.owned(agent.id)) == .hasIterations)
            }
            _ = try tx.nextIteration(of: lone.id, in: tx.owned(agent.id))
            #expect(try tx.deleteMessage(lone.id, in: tx.owned(agent.id)) == .deleted)
        }
    }
}
