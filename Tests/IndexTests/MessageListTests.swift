import IndexSupport
import Synchronization
import Testing

@testable import Index

@Suite("Lists of messages")
struct MessageListTests {
    /// Reads all pages, while others insert and delete between them.
    private func pages(_ fixture: Fixture, search: String?, hasAttachments: Bool) async throws -> [Message.ID] {
        let (channel, index) = (fixture.agent.id, fixture.index)
        var (seen, cursor) = ([Message.ID](), Message.ID?.none)
        while true {
            let page = try await index.read { [cursor] in
                try $0.messages(
                    in: $0.owned(channel),
                    before: cursor,
                    limit: 10,
                    search: search,
                    hasAttachments: hasAttachments
                ).rows
            }
            guard let last = page.last else { return seen }
            seen += page.map(\.id)
            cursor = last.id
            try await fixture.send("a needle that came later")
            // The first page's last row stays, so that a repeat would show; the second's goes.
            if seen.count > 10 {
                try await index.write { tx in _ = try tx.deleteMessage(last.id, in: tx.owned(channel)) }
            }
        }
    }

    @Test(
        "Pages neither repeat nor skip a row while others are inserted and deleted, the cursor's row too",
        arguments: [nil, "needle", "ee"],
        [false, true]
    )
    func paging(search: String?, hasAttachments: Bool) async throws {
        let fixture = try await Fixture()
        var expected: [Message.ID] = []
        for number in 0..<60 {
            let isHit = number % 2 == 0
            let message = try await fixture.send(isHit ? "the needle \(number)" : "hay")
            let hasFile = number % 5 != 0
            if hasFile {
                let files = [try await fixture.storeFile().id, try await fixture.storeFile().id]
                _ = try await fixture.index.write { tx in try tx.attach(ids: files, to: message) }
            }
            if search == nil || isHit, !hasAttachments || hasFile { expected.insert(message.id, at: 0) }
        }
        #expect(try await pages(fixture, search: search, hasAttachments: hasAttachments) == expected)
    }

    @Test("A page of large messages is cut short and says so; one message is given however large it is")
    func largeMessages() async throws {
        let fixture = try await Fixture()
        let channel = fixture.agent.id
        let large = String(repeating: "a", count: PageWeight.most / 2 + 1)
        let ids = [
            try await fixture.send(large + large).id, try await fixture.send(large).id, try await fixture.send().id,
        ]
        var (seen, cursor) = ([[Message.ID]](), Message.ID?.none)
        for _ in ids {
            let before = cursor
            let page = try await fixture.index.read {
                try $0.messages(in: $0.owned(channel), before: before, limit: 10)
            }
            seen.append(page.rows.map(\.id))
            cursor = page.rows.last?.id
            #expect(page.isCut == (cursor != ids[0]))
            if !page.isCut { break }
        }
        #expect(seen == [[ids[2], ids[1]], [ids[0]]])
    }

    @Test(
        "Whatever a message carries counts",
        arguments: ["metadata", "payload", "callback", "feedback", "events", "files"]
    )
    func weight(part: String) async throws {
        let fixture = try await Fixture()
        let (agent, large) = (fixture.agent, String(repeating: "a", count: PageWeight.most / 2))
        for _ in 0..<2 {
            var message = Message.sample(in: agent)
            message.streamID = OrderedUUID.make()
            message.streamState = .complete
            if part == "metadata" { message.metadataJSON = large }
            var review = Review.sample(of: message, expiresAt: .now() + .seconds(60))
            if part == "payload" { review.payloadJSON = large }
            if part == "callback" { review.callbackJSON = large }
            try await fixture.index.write { [message, review] tx in
                try tx.insert(message, review: review)
                if part == "feedback" {
                    _ = try tx.complete(reviewOf: message.id, responseJSON: "{}", feedback: large)
                }
                let streamID = try #require(message.streamID)
                for text in part == "events" ? [large] : [] {
                    let (id, channel): (StreamEvent.ID, OwnedChannel) = (.make(), tx.owned(agent.id))
                    _ = try tx.insertStreamEvent(id: id, in: channel, streamID: streamID, text: text, toolHint: false)
                }
                for _ in 0..<(part == "files" ? PageWeight.most / PageWeight.ofRow / 2 : 0) {
                    let blob = try tx.insertBlobOrKeepWinner(.sample())
                    try tx.insert(.sample(in: agent, blob: blob, message: message))
                }
            }
        }
        let page = try await fixture.index.read { try $0.messages(in: $0.owned(agent.id), limit: 10) }
        #expect(page.rows.count == 1 && page.isCut)
    }

    @Test("Of a user's channels each and every row is one look-up, for all lists that go over several", .onlySQLite)
    func plansOfMerges() async throws {
        let fixture = try await Fixture()
        try await fixture.send("a needle", reviewFor: .seconds(60))
        let plans = try await fixture.index.plans { tx in
            let channels = try tx.channels(nil, ownedBy: ActingUser(id: fixture.user.id))
            _ = try tx.messages(in: channels, limit: 5)
            _ = try tx.files(in: channels, limit: 5)
            _ = try tx.files(in: channels, typePrefix: "image/", limit: 5)
            _ = try tx.answers(in: channels, limit: 5)
            for status in [Review.Status.pending, .completed, .expired, nil] {
                _ = try tx.reviews(in: channels, ReviewFilter(status: status, now: tx.now), limit: 5)
                _ = try tx.reviewCounts(in: channels, since: tx.now, most: 10)
                _ = try tx.reviews(in: channels, ReviewFilter(status: status, type: "form", now: tx.now), limit: 5)
            }
        }
        let steps = plans.joined()
        #expect(steps.allSatisfy(Self.isByIndex), "\(steps)")
        for index in [
            "agents_by_user", "reviews_by_status", "reviews_by_type", "reviews_due", "reviews_by_channel",
            "answers_by_channel", "attachments_by_channel", "attachments_by_type", "reviews_completed",
        ] {
            #expect(steps.contains { $0.contains(index) }, "\(index)")
        }
    }

    @Test(
        "A page takes two statements after the look-up of the channel, however many rows and parts it has",
        .onlySQLite
    )
    func noStatementPerRow() async throws {
        let fixture = try await Fixture()
        let channel = fixture.agent.id
        for _ in 0..<20 {
            let file = try await fixture.storeFile()
            let message = try await fixture.send(reviewFor: .seconds(60))
            _ = try await fixture.index.write { tx in try tx.attach(ids: [file.id], to: message) }
        }
        let statements = try await fixture.index.statements { tx in
            let page = try tx.messages(in: tx.owned(channel), limit: 50).rows
            #expect(page.count == 20)
            #expect(page.allSatisfy { $0.review?.messageID == $0.id && $0.attachments.count == 1 })
        }
        #expect(statements.count == 3)
    }

    @Test(
        "Every list finds its rows by index: none reads the whole table, none sorts the channel",
        .onlySQLite,
        arguments: [nil, "needle", "nee"],
        [false, true]
    )
    func listPlans(search: String?, hasAttachments: Bool) async throws {
        let fixture = try await Fixture()
        let channel = fixture.agent.id
        try await fixture.send("a needle")
        let plans = try await fixture.index.plans { tx in
            let cursor = Message.ID.make()
            _ = try tx.messages(
                in: tx.owned(channel),
                before: cursor,
                limit: 5,
                search: search,
                hasAttachments: hasAttachments
            )
        }
        #expect(plans.joined().allSatisfy(Self.isByIndex), "\(plans)")
        if search != nil { #expect(plans.joined().contains { $0.contains("message_search VIRTUAL TABLE") }) }
    }

    @Test("Pending, due, answers, repeats, groups and acknowledgements find their rows by index", .onlySQLite)
    func reviewPlans() async throws {
        let fixture = try await Fixture()
        let channel = fixture.agent.id
        let message = try await fixture.send(reviewFor: .seconds(-1))
        let other = try await fixture.send(reviewFor: .seconds(60))
        let plans = try await fixture.index.plans { tx in
            _ = try tx.reviews(in: tx.owned(channel), ReviewFilter(status: .pending, now: tx.now), limit: 5)
            _ = try tx.nextExpiry()
            try tx.expireDue(limit: 5)
            _ = try tx.complete(reviewOf: other.id, responseJSON: "{}")
            _ = try tx.answers(in: tx.owned(channel), limit: 5)
            try tx.acknowledge(other.id, in: tx.owned(channel))
            _ = try tx.namedMessage(clientID: "c", by: .agent, in: tx.owned(channel))
            _ = try tx.namedMessage(streamID: "s", in: tx.owned(channel))
            _ = try tx.nextIteration(of: message.id, in: tx.owned(channel))
            _ = try tx.iterations(ofMessage: message.id, in: tx.owned(channel), limit: 5)
            _ = try tx.insertOrFindFirst(.sample(in: fixture.agent))
            _ = try tx.deleteMessage(message.id, in: tx.owned(channel))
        }
        #expect(plans.joined().allSatisfy(Self.isByIndex), "\(plans)")
        for index in ["reviews_by_status", "reviews_due", "answers_by_channel", "messages_by_client"] {
            #expect(plans.joined().contains { $0.contains(index) }, "\(index)")
        }
    }

    private static func isByIndex(_ step: String) -> Bool {
        // A page's ids and files, at most some hundred, may be listed and sorted; the partial index of what is
        // pending is read in its own order.
        let small =
            ["json_each", "LIST SUBQUERY", "SCALAR SUBQUERY", "CORRELATED", "SCAN CONSTANT ROW"]
            // The queue of a merge, which has a row for each channel.
            + ["CO-ROUTINE", "SETUP", "RECURSIVE STEP", "SCAN merge", "COMPOUND QUERY", "LEFT-MOST SUBQUERY"]
            + ["UNION ALL", "SCAN (subquery", "SCAN counted", "SCAN parts"]
        if small.contains(where: step.contains) || step == "USE TEMP B-TREE FOR ORDER BY" { return true }
        return step.hasPrefix("SEARCH") || step.contains("VIRTUAL TABLE INDEX") || step.contains("reviews_due")
    }
}

extension StoreIndex {
    /// The statements that `body` executes, with their values.
    func statements(_ body: @escaping @Sendable (Transaction) throws -> Void) async throws -> [String] {
        try await write { tx in
            let log = Mutex<[String]>([])
            tx.db.trace { statement in log.withLock { $0.append(statement) } }
            defer { tx.db.trace(nil) }
            try body(tx)
            return log.withLock { $0 }.filter { !$0.hasPrefix("--") && !$0.hasPrefix("EXPLAIN") }
        }
    }

    /// The steps of each of the statements that `body` executes.
    func plans(_ body: @escaping @Sendable (Transaction) throws -> Void) async throws -> [[String]] {
        let statements = try await statements(body)
        return try await write { tx in
            try statements.map { try tx.plan(of: $0) }
        }
    }
}
