import IndexSupport
import Testing

@testable import Index

@Suite("What people see of agents")
struct AgentNewsTests {
    private static func news(_ fixture: Fixture) async throws -> [AgentWithNews] {
        try await fixture.index.read { [id = fixture.user.id] in try $0.agentsWithNews(userID: id, limit: 9).rows }
    }

    @discardableResult
    private static func markRead(_ fixture: Fixture, through id: Message.ID? = nil) async throws -> Bool {
        try await fixture.index.write { [agent = fixture.agent.id] in try $0.markRead(in: $0.owned(agent), through: id)
        }
    }

    private static func unread(_ fixture: Fixture) async throws -> Int {
        try await fixture.index.read { [agent = fixture.agent.id] in try $0.unreadCount(in: $0.owned(agent)) }
    }

    /// A message of a person.
    @discardableResult
    private static func say(_ text: String?, _ fixture: Fixture) async throws -> Message {
        var message = Message.sample(in: fixture.agent)
        (message.senderType, message.text) = (.user, text)
        return try await fixture.index.write { [message] tx in
            try tx.insert(message)
            return message
        }
    }

    @Test("Agents come newest first with what is unread and the newest message; not others', nor removed ones")
    func list() async throws {
        let fixture = try await Fixture()
        #expect(try await Self.news(fixture) == [AgentWithNews(agent: fixture.agent, unreadCount: 0)])
        let (newer, removed) = (Agent.sample(of: fixture.user), Agent.sample(of: fixture.user))
        let stranger = User.sample(email: "eve@example.org")
        try await fixture.index.write { tx in
            try tx.insert(newer)
            try tx.insert(removed)
            try tx.deleteAgent(in: tx.owned(removed.id))
            try tx.insert(stranger)
            try tx.insert(Agent.sample(of: stranger))
        }
        try await fixture.send("first")
        try await fixture.send("second")
        let last = try await Self.say("mine", fixture)
        let expected = AgentWithNews(
            agent: fixture.agent,
            unreadCount: 2,
            lastMessage: "mine",
            lastMessageTime: last.createdAt
        )
        #expect(try await Self.news(fixture) == [AgentWithNews(agent: newer, unreadCount: 0), expected])
    }

    @Test("Of the newest message the first 200 characters are shown; empty when it has no text")
    func lastMessage() async throws {
        let fixture = try await Fixture()
        try await fixture.send(String(repeating: "ä", count: 300))
        #expect(try await Self.news(fixture).first?.lastMessage == String(repeating: "ä", count: 200))
        try await fixture.send(nil)
        #expect(try await Self.news(fixture).first?.lastMessage == "")
    }

    @Test("Unread are the agent's messages after the one that was read, counted up to a thousand")
    func unreadCount() async throws {
        let fixture = try await Fixture()
        let messages = (0..<1002).map { _ in Message.sample(in: fixture.agent) }
        try await fixture.index.write { tx in
            for message in messages { try tx.insert(message) }
        }
        #expect(try await Self.unread(fixture) == 1000)
        #expect(try await Self.news(fixture).first?.unreadCount == 1000)
        #expect(try await Self.markRead(fixture, through: messages[999].id))
        #expect(try await Self.unread(fixture) == 2)
        try await Self.say("not from the agent", fixture)
        #expect(try await Self.unread(fixture) == 2)
        #expect(try await Self.markRead(fixture))
        #expect(try await Self.unread(fixture) == 0)
        try await fixture.send("news")
        #expect(try await Self.news(fixture).first?.unreadCount == 1)
    }

    @Test("What was read stays read: of a hundred readers in any order the one who has come furthest counts")
    func neverBack() async throws {
        let fixture = try await Fixture()
        var ids: [Message.ID] = []
        for _ in 0..<100 { ids.append(try await fixture.send().id) }
        let unseen = try await fixture.send()
        try await withThrowingTaskGroup { [ids] group in
            for id in ids.shuffled() {
                group.addTask { () async throws in #expect(try await Self.markRead(fixture, through: id)) }
            }
            try await group.waitForAll()
        }
        #expect(try await Self.unread(fixture) == 1)
        #expect(try await Self.markRead(fixture, through: unseen.id))
        #expect(try await Self.markRead(fixture, through: ids[0]))
        #expect(try await Self.unread(fixture) == 0)
    }

    @Test("Only a message of the channel can be what was read; an empty channel is read without one")
    func noSuchMessage() async throws {
        let fixture = try await Fixture()
        let other = Agent.sample(of: fixture.user)
        let foreign = Message.sample(in: other)
        try await fixture.index.write { tx in
            try tx.insert(other)
            try tx.insert(foreign)
        }
        #expect(try await Self.markRead(fixture))
        let message = try await fixture.send()
        #expect(try await Self.markRead(fixture, through: foreign.id) == false)
        #expect(try await Self.markRead(fixture, through: "~") == false)
        #expect(try await Self.unread(fixture) == 1)
        _ = try await fixture.index.write { try $0.deleteMessage(message.id, in: $0.owned(message.channelID)) }
        #expect(try await Self.markRead(fixture, through: message.id) == false)
    }

    @Test("Figures count what is in the channel and nothing of its neighbours")
    func figures() async throws {
        let fixture = try await Fixture()
        let agent = fixture.agent
        #expect(try await Self.figures(agent, fixture) == AgentFigures())
        let neighbour = Agent.sample(of: fixture.user)
        try await fixture.index.write { tx in
            try tx.insert(neighbour)
            try tx.insert(.sample(in: neighbour))
        }
        try await Self.say("one", fixture)
        for _ in 0..<2 { try await fixture.storeFile() }
        try await fixture.send(reviewFor: .seconds(60))
        for _ in 0..<2 { try await fixture.send(reviewFor: .seconds(-1)) }
        let answered = try await fixture.send(reviewFor: .seconds(60))
        try await fixture.index.write { tx throws in
            try tx.execute("UPDATE agents SET webhook_url = 'http://a/' WHERE id = ?", [agent.id])
            try tx.expireDue(limit: 9)
            _ = try tx.complete(reviewOf: answered.id, responseJSON: "{}")
            let arrived = try #require(try tx.claimDelivery(inAnyChannel: agent.id, lease: .seconds(15)))
            try tx.deliverySucceeded(arrived, status: 204)
            let lost = try #require(try tx.claimDelivery(inAnyChannel: agent.id, lease: .seconds(15)))
            try tx.deliveryFailed(lost, status: 500, error: "no", retryAfter: nil)
            for number in 0..<3 { _ = try tx.ping(agent, status: .busy, message: "\(number)") }
        }
        let figures = try await Self.figures(agent, fixture)
        #expect(figures.messages == .init(agent: 4, user: 1))
        #expect(figures.reviews == .init(pending: 1, completed: 1, expired: 2))
        #expect(figures.files == .init(count: 2, bytes: 10))
        #expect(figures.deliveries == .init(pending: 1, delivered: 1, failed: 1))
        #expect(figures.statuses.map(\.message) == ["2", "1"])
        try await fixture.index.write { tx in
            #expect(try tx.wrongCounts() == [])
            try tx.execute("DELETE FROM messages WHERE channel_id = ?", [agent.id])
            #expect(try tx.wrongCounts() == [])
        }
        let emptied = try await Self.figures(agent, fixture)
        #expect(emptied.messages == .init() && emptied.reviews == .init() && emptied.deliveries == .init())
    }

    private static func figures(_ agent: Agent, _ fixture: Fixture) async throws -> AgentFigures {
        try await fixture.index.read { try $0.figures(in: $0.owned(agent.id), statusLimit: 2) }
    }

    @Test(
        "A new agent and changed settings are announced to those who listen to the channel, what changes nothing is not"
    )
    func announced() async throws {
        let fixture = try await Fixture()
        let (index, start) = (fixture.index, fixture.index.lastChangeNumber)
        var agent = Agent.sample(of: fixture.user)
        try await index.write { [agent] in try $0.insert(agent) }
        agent.name = "another"
        for _ in 0..<2 { try await index.write { [agent] in try $0.update(agent) } }
        let seen = try #require(index.changes(of: .channel(agent.id), after: start)).changes
        #expect(seen.map(\.change) == Array(repeating: Change(.agentStatus, channelID: agent.id), count: 2))
    }

    @Test("The deliveries of a message are found by the message, however many its channel has", .onlySQLite)
    func deliveriesOfMessage() async throws {
        let fixture = try await Fixture()
        let message = try await fixture.send()
        let plans = try await fixture.index.plans { tx in
            _ = try tx.deliveries(in: tx.owned(fixture.agent.id), of: message.id, limit: 5)
        }
        #expect(plans.joined().contains { $0.contains("(message_id=?") }, "\(plans)")
    }

    @Test("All of it goes by index", .onlySQLite)
    func plans() async throws {
        let fixture = try await Fixture()
        let (user, agent) = (fixture.user.id, fixture.agent.id)
        let message = try await fixture.send()
        let plans = try await fixture.index.plans { tx in
            _ = try tx.agentsWithNews(userID: user, limit: 9)
            _ = try tx.unreadCount(in: tx.owned(agent))
            _ = try tx.markRead(in: tx.owned(agent), through: message.id)
            _ = try tx.figures(in: tx.owned(agent), statusLimit: 5)
            _ = try tx.deliveries(in: tx.owned(agent), limit: 5)
        }
        let steps = plans.joined()
        #expect(steps.allSatisfy { !$0.hasPrefix("SCAN") || $0.hasPrefix("SCAN (subquery") || $0 == "SCAN unread" }, "\(plans)")
        #expect(!steps.contains("USE TEMP B-TREE FOR ORDER BY"), "\(plans)")
        #expect(!plans.contains { $0.contains { $0.contains("reviews") } }, "They are counted already")
        for index in ["messages_of_agents", "deliveries_by_channel"] {
            #expect(steps.contains { $0.contains(index) }, "\(index)")
        }
    }
}
