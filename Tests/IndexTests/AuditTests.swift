import IndexSupport
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
        fixture.index.close()
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
        // The last look comes a minute before now.
        let start = Timestamp.now() + grace * -1001
        func look(at moment: Duration, ran: Duration) async throws {
            _ = try await fixture.index.write { tx in
                try tx.noteClockLook(at: start + moment, after: ran, grace: grace)
            }
        }
        try await fixture.index.write { tx in
            for hours in [3, 2, 1] {
                try tx.insert(AuditEntry(.fileOpened, "\(hours)", by: .server, at: start + .seconds(-3600 * hours)))
            }
        }
        #expect(try await !isDue())
        try await look(at: .zero, ran: .zero)
        try await look(at: grace * 1000, ran: .seconds(60))
        try await look(at: grace * 1001 - .seconds(120), ran: grace - .seconds(120))
        #expect(try await !isDue())
        #expect(try await entries(fixture, .fileOpened).count == 3)
        try await look(at: grace * 1001 - .seconds(60), ran: .seconds(60))
        #expect(try await isDue())
        #expect(try await entries(fixture, .fileOpened).compactMap(\.subject) == ["1", "2"])
        #expect(try await !isDue())
    }

    /// Removes what is to go of more than `most`, and says whether more is.
    private func removeSurplus(_ fixture: Fixture, most: Int, limit: Int) async throws -> Bool {
        try await fixture.index.write { try $0.removeAudit(after: .zero, most: most, grace: .zero, limit: limit) }
        return try await fixture.index.read { reader in
            #expect(try reader.wrongCounts() == [])
            return try reader.nextAuditRemoval(after: .zero, most: most, grace: .zero) != nil
        }
    }

    @Test("a flood pushes out its own oldest entries and nobody else's, whether of a user, of links or of strangers")
    func flood() async throws {
        let fixture = try await Fixture()
        let user = fixture.user.id
        let (key, session) = (Origin(.key, userID: user), Origin(.session, userID: user))
        let others = [
            Origin(.session, userID: "quiet"), Origin(.link), Origin(.stranger), Origin(.commandLine), .server,
        ]
        try await fixture.index.write { tx in
            for origin in others { try tx.insert(AuditEntry(.fileOpened, "kept", by: origin, at: tx.now)) }
        }
        for flood in [[key, session], [Origin(.link)], [Origin(.stranger)]] {
            try await fixture.index.write { tx in
                for number in 1...600 {
                    let origin = flood[number % flood.count]
                    try tx.insert(AuditEntry(.fileOpened, "\(number)", by: origin, at: tx.now))
                }
            }
            var isMore = true
            while isMore { isMore = try await removeSurplus(fixture, most: 60, limit: 7) }
        }
        let left = try await entries(fixture)
        #expect(left.count > 53 && left.count <= 60)
        // Of each flood the newest are left, and as many as of the others.
        let floods = left.filter { $0.subject != "kept" && $0.action == .fileOpened }
        let byHolder = Dictionary(grouping: floods) { $0.origin.userID?.rawValue ?? $0.origin.way.rawValue }
        #expect(byHolder.keys.sorted() == [user.rawValue, "link", "stranger"].sorted())
        for entries in byHolder.values {
            #expect(entries.compactMap(\.subject) == (0..<entries.count).map { "\(600 - $0)" })
        }
        let sizes = byHolder.values.map(\.count)
        #expect(try #require(sizes.max()) - #require(sizes.min()) <= 2)
        #expect(left.filter { $0.subject == "kept" }.map(\.origin.way) == [.server, .commandLine, .session])
    }

    @Test("nothing goes while there is room, and a surplus goes with room for as many new ones")
    func room() async throws {
        let fixture = try await Fixture()
        let count = try await entries(fixture).count
        #expect(try await !removeSurplus(fixture, most: count, limit: 1))
        #expect(try await entries(fixture).count == count)
        #expect(try await !removeSurplus(fixture, most: count - 1, limit: 2))
        #expect(try await entries(fixture).count == count - 2)
    }

    @Test("what goes together has one entry, whose count grows, for each who does it")
    func together() async throws {
        let fixture = try await Fixture()
        let origins = [Origin(.session, userID: fixture.user.id), .server]
        for origin in origins + origins {
            try await fixture.index.write(as: origin) { try $0.note(.collected, "run", adding: 2) }
        }
        let noted = try await entries(fixture, .collected)
        #expect(noted.map(\.count) == [4, 4] && noted.map(\.origin) == origins.reversed())
    }

    @Test(
        "pages of a user, a channel, a thing and an action go by index, and so does the removal of a surplus",
        .onlySQLite
    )
    func plans() async throws {
        let fixture = try await Fixture()
        let plans = try await fixture.index.plans { tx in
            for change: (inout AuditFilter) -> Void in [
                { $0.userID = "a" }, { $0.channelID = "a" }, { $0.subject = "a" },
                { $0.action = .logLevelChanged },
            ] {
                var filter = AuditFilter()
                change(&filter)
                _ = try tx.audit(filter, before: nil, limit: 9)
            }
            try tx.removeAudit(after: .zero, most: 0, grace: .zero, limit: 1)
            try tx.note(.collected, "run", adding: 1)
        }
        let steps = plans.joined()
        #expect(!steps.contains { $0.hasPrefix("SCAN audit") && !$0.hasSuffix("audit_counts_by_count") }, "\(plans)")
        #expect(!steps.contains("USE TEMP B-TREE FOR ORDER BY"), "\(plans)")
    }
}
