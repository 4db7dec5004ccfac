import Testing

@testable import Index

@Suite("The audit log in the index")
struct AuditTests {
    private static func opened(_ file: String, by key: String = "k", from address: String = "192.0.2.1") -> AuditEntry {
        AuditEntry(.fileOpened, file, by: Origin(.key, credential: key, address: address), at: .now())
    }

    private func entries(_ fixture: Fixture, _ action: AuditEntry.Action? = nil) async throws -> [AuditEntry] {
        var filter = AuditFilter()
        filter.action = action
        return try await fixture.index.read { [filter] in
            try $0.audit(filter, before: nil, limit: .max).map(\.entry)
        }
    }

    @Test("a unit that is undone leaves no entry, and one that is stored names who acted")
    func withTheChange() async throws {
        let fixture = try await Fixture()
        struct Undo: Error {}
        let other = Agent.sample(of: fixture.user)
        let origin = Origin(.commandLine, address: "a", requestID: "r")
        await #expect(throws: Undo.self) {
            try await fixture.index.write(as: origin) { tx in
                try tx.insert(other)
                throw Undo()
            }
        }
        #expect(try await entries(fixture, .channelCreated).map(\.channelID) == [fixture.agent.id])
        try await fixture.index.write(as: origin) { try $0.insert(other) }
        let entry = try #require(try await entries(fixture, .channelCreated).first)
        #expect(entry.origin == origin && entry.channelID == other.id)
        // Another unit of the same group is another's.
        #expect(try await entries(fixture, .userCreated).map(\.origin) == [.server])
    }

    @Test("what changes nothing leaves no entry")
    func withoutChange() async throws {
        let fixture = try await Fixture()
        try await fixture.index.write { tx in
            let acting = ActingUser(id: fixture.user.id)
            for _ in 0..<2 {
                try tx.setTheme(.dark, of: acting)
                try tx.setPluginSettings(["a": "b"], of: "plugin", by: acting)
                if var user = try tx.user(id: acting.id) {
                    user.displayName = "Another"
                    try tx.update(user)
                }
                var (agent, channel) = try tx.agent(fixture.agent.id, ownedBy: acting)
                agent.tag = "another"
                try tx.update(agent, in: channel)
            }
        }
        #expect(try await entries(fixture, .settingsChanged).compactMap(\.subject) == ["plugin", "theme"])
        #expect(try await entries(fixture, .userChanged).count == 1)
        #expect(try await entries(fixture, .channelChanged).count == 1)
    }

    @Test("what was read gathers, is stored together, and the same deed counts once a minute")
    func gathering() async throws {
        let (fixture, queue, start) = (try await Fixture(), AuditQueue(), ContinuousClock.now)
        for entry in [
            Self.opened("a"), Self.opened("a"), Self.opened("b"), Self.opened("a", by: "l"),
            Self.opened("a", from: "b"),
        ] {
            queue.add(entry, now: start)
        }
        #expect(try await entries(fixture, .fileOpened).isEmpty)
        try await queue.store(in: fixture.index)
        #expect(try await entries(fixture, .fileOpened).compactMap(\.subject) == ["a", "a", "b", "a"])
        queue.add(Self.opened("a"), now: start + .seconds(59))
        queue.add(Self.opened("b"), now: start + .seconds(60))
        try await queue.store(in: fixture.index)
        #expect(try await entries(fixture, .fileOpened).compactMap(\.subject) == ["b", "a", "a", "b", "a"])
    }

    @Test("what finds no room is counted, and so is what the index does not take")
    func losses() async throws {
        let (fixture, queue) = (try await Fixture(), AuditQueue())
        for number in 0..<AuditQueue.capacity + 3 { queue.add(Self.opened("\(number)")) }
        try await confirmation { confirm in
            try await queue.store(in: fixture.index) { count in
                #expect(count == 3)
                confirm()
            }
        }
        #expect(try await entries(fixture, .fileOpened).count == AuditQueue.capacity)
        queue.add(Self.opened("late"))
        try fixture.index.close()
        _ = await confirmation { confirm in
            await #expect(throws: IndexError.closed) {
                try await queue.store(in: fixture.index) { count in
                    #expect(count == 1)
                    confirm()
                }
            }
        }
    }

    @Test("what is in the queue when the server stops is stored")
    func stop() async throws {
        let (fixture, queue) = (try await Fixture(), AuditQueue())
        queue.add(Self.opened("last"))
        let running = Task { try await queue.run(into: fixture.index) { _ in Issue.record("lost") } }
        running.cancel()
        await #expect(throws: CancellationError.self) { try await running.value }
        #expect(try await entries(fixture, .fileOpened).count == 1)
    }

    @Test("entries go when they were old at a look after which a server ran for the grace, whatever the clock shows")
    func age() async throws {
        let fixture = try await Fixture()
        let grace = Duration.seconds(24 * 60 * 60)
        func isDue() async throws -> Bool {
            let due = try await fixture.index.read {
                try $0.nextAuditRemoval(after: .seconds(9000), most: 100, grace: grace)
            }
            try await fixture.index.write {
                try $0.removeAudit(after: .seconds(9000), most: 100, grace: grace, limit: 100)
            }
            return due != nil
        }
        let start = Timestamp.now()
        func look(at moment: Duration, ran: Duration) async throws {
            _ = try await fixture.index.write { tx in
                try tx.noteCollectionLook(at: start + moment, after: ran, grace: grace)
            }
        }
        try await fixture.index.write { tx in
            for hours in [3, 2, 1] {
                try tx.insert(AuditEntry(.fileOpened, "\(hours)", by: .server, at: tx.now + .seconds(-3600 * hours)))
            }
        }
        #expect(try await !isDue())
        try await look(at: .zero, ran: .zero)
        try await look(at: grace * 1000, ran: .seconds(60))
        try await look(at: grace * 1001 - .seconds(120), ran: grace - .seconds(120))
        #expect(try await !isDue())
        #expect(try await entries(fixture, .fileOpened).count == 3)
        try await look(at: grace * 1001, ran: .seconds(120))
        #expect(try await isDue())
        #expect(try await entries(fixture, .fileOpened).compactMap(\.subject) == ["1", "2"])
        #expect(try await !isDue())
    }

    @Test("the oldest entries go when there are too many, by the span of their numbers")
    func surplus() async throws {
        let fixture = try await Fixture()
        func isDue() async throws -> Bool {
            try await fixture.index.read { try $0.nextAuditRemoval(after: .zero, most: 3, grace: .zero) } != nil
        }
        try await fixture.index.write { tx in
            for number in 1...3 { try tx.insert(AuditEntry(.fileOpened, "\(number)", by: .server, at: tx.now)) }
        }
        #expect(try await isDue())
        try await fixture.index.write { try $0.removeAudit(after: .zero, most: 3, grace: .zero, limit: 100) }
        #expect(try await entries(fixture).compactMap(\.subject) == ["3", "2", "1"])
        #expect(try await !isDue())
    }
}
