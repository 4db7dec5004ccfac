import Foundation
import Testing

@testable import Index

@Suite("The outbox of notices")
struct NoticeTests {
    private static let lease = Duration.seconds(60)

    /// An index whose user hears of it by one topic.
    private struct Outbox {
        let fixture: Fixture
        let way: NoticeWay
        /// The outbox is asked about this moment and later ones, which come without waiting.
        let now: Timestamp

        init(_ kinds: [NoticeSettings.Kind] = NoticeSettings.Kind.allCases, muted: [Agent.ID] = []) async throws {
            let fixture = try await Fixture()
            var way = NoticeWay(userID: fixture.user.id, kind: .ntfy, url: "https://n.example/a", createdAt: .sample)
            way.token = "secret"
            let settings = NoticeSettings(userID: fixture.user.id, kinds: kinds, mutedChannels: muted)
            (self.fixture, self.way, now) = (fixture, way, .now() + .seconds(600))
            try await fixture.index.write { [way] tx in
                try tx.setNotices(settings, single: [way], of: ActingUser(id: settings.userID))
            }
        }

        func claim(after time: Duration = .zero, quietUntil: Timestamp? = nil) async throws -> ClaimedNotice? {
            try await fixture.index.write { [way, now] tx in
                try tx.claimNotice(by: way.id, at: now + time, quietUntil: quietUntil, lease: lease)
            }
        }

        /// Claims what is next and says that it was taken.
        func tell(
            after time: Duration = .zero,
            quietUntil: Timestamp? = nil,
            reminds: Bool = true
        ) async throws -> ClaimedNotice? {
            guard let claim = try await claim(after: time, quietUntil: quietUntil) else { return nil }
            try await fixture.index.write { [now] tx in
                try tx.noticeSucceeded(claim, at: now + time, reminds: reminds)
            }
            return claim
        }

        func nextDue() async throws -> Timestamp? {
            try await fixture.index.read { try $0.nextNotices().first?.dueAt }
        }

        func answer(_ message: Message) async throws {
            try await fixture.index.write { tx throws in
                #expect(try tx.complete(reviewOf: message.id, responseJSON: "{}") == .accepted)
            }
        }

        func ask() async throws -> Message {
            try await fixture.index.write { [agent = fixture.agent] tx in
                var message = Message.sample(in: agent)
                message.createdAt = tx.now
                try tx.insert(message, review: .sample(of: message, expiresAt: tx.now + .seconds(3600)))
                return message
            }
        }
    }

    @Test("A question, a problem and any other message are queued as what they are; what a user writes is not")
    func kinds() async throws {
        let outbox = try await Outbox()
        let question = try await outbox.ask()
        #expect(try await outbox.tell()?.notice.kind == .question)
        for (status, kind) in [(Message.Status.error, Notice.Kind.problem), (.success, .message)] {
            var message = Message.sample(in: outbox.fixture.agent)
            message.status = status
            try await outbox.fixture.index.write { [message] in try $0.insert(message) }
            let claim = try #require(try await outbox.tell())
            #expect(claim.notice.kind == kind && claim.notice.messageID == message.id && claim.way.id == outbox.way.id)
        }
        var own = Message.sample(in: outbox.fixture.agent)
        own.senderType = .user
        try await outbox.fixture.index.write { [own] in try $0.insert(own) }
        #expect(try await outbox.tell() == nil)
        #expect(question.id.isValid)
    }

    @Test("What is not wanted is not queued: by kind, by channel, and without a way or after the user is gone")
    func unwanted() async throws {
        let few = try await Outbox([.problem])
        _ = try await few.ask()
        try await few.fixture.send()
        #expect(try await few.nextDue() == nil)

        let muted = try await Outbox(muted: ["other", Fixture().agent.id])
        try await muted.fixture.send()
        #expect(try await muted.nextDue() != nil)
        let settings = NoticeSettings(
            userID: muted.fixture.user.id,
            kinds: [.message],
            mutedChannels: [muted.fixture.agent.id]
        )
        try await muted.fixture.index.write { tx in
            try tx.setNotices(settings, single: [], of: ActingUser(id: settings.userID))
        }
        #expect(try await muted.nextDue() == nil, "what a removed way had to tell goes with it")
        try await muted.fixture.index.write { [way = muted.way] tx in
            try tx.setNotices(settings, single: [way], of: ActingUser(id: settings.userID))
        }
        try await muted.fixture.send()
        #expect(try await muted.nextDue() == nil)

        let gone = try await Outbox()
        try await gone.fixture.index.write { [id = gone.fixture.user.id] in try $0.deleteUser(id: id) }
        try await gone.fixture.index.read { try #expect($0.nextNotices().isEmpty) }
    }

    @Test("A draft is told of when it is written to its end, or given up; until then nobody knows what it asks")
    func drafts() async throws {
        let outbox = try await Outbox()
        var message = Message.sample(in: outbox.fixture.agent)
        (message.streamID, message.streamState) = ("s", .streaming)
        try await outbox.fixture.index.write { [message] tx in
            try tx.insert(message, review: .sample(of: message, expiresAt: tx.now + .seconds(3600)))
        }
        #expect(try await outbox.claim() == nil)
        try await outbox.fixture.index.write { [message] tx throws in
            let channel: OwnedChannel = tx.owned(message.channelID)
            #expect(try tx.updateDraft(message.id, in: channel, text: "Deploy?", state: .streaming))
            #expect(try tx.claimNotice(by: outbox.way.id, at: outbox.now, quietUntil: nil, lease: Self.lease) == nil)
            #expect(try tx.updateDraft(message.id, in: channel, text: nil, state: .complete))
        }
        #expect(try await outbox.claim()?.notice.kind == .question)
    }

    @Test("A claim is nobody else's until its lease ends; a failure puts it off, giving it back does not count")
    func leases() async throws {
        let outbox = try await Outbox()
        try await outbox.fixture.send()
        let claim = try #require(try await outbox.claim())
        #expect(try await outbox.claim(after: .seconds(59)) == nil)
        try await outbox.fixture.index.write { [now = outbox.now] in try $0.giveBack(claim, at: now) }
        let again = try #require(try await outbox.claim())
        #expect(again.notice.attempts == 0)
        try await outbox.fixture.index.write { [now = outbox.now] in
            try $0.noticeFailed(again, retryAt: now + .seconds(5))
        }
        #expect(try await outbox.claim(after: .seconds(4)) == nil)
        let third = try #require(try await outbox.claim(after: .seconds(5)))
        #expect(third.notice.attempts == 1)
        // Whoever comes late, after the lease, changes nothing.
        try await outbox.fixture.index.write { try $0.noticeGivenUp(claim) }
        #expect(try await outbox.nextDue() == third.lease)
        try await outbox.fixture.index.write { try $0.noticeGivenUp(third) }
        #expect(try await outbox.nextDue() == nil)
    }

    @Test("A question that is settled before it was told is not told; afterwards what was told is taken back, once")
    func settled() async throws {
        let outbox = try await Outbox()
        let (early, late) = (try await outbox.ask(), try await outbox.ask())
        try await outbox.answer(early)
        #expect(try await outbox.tell()?.notice.messageID == late.id)
        try await outbox.answer(late)
        let claim = try #require(try await outbox.tell())
        #expect(claim.notice.kind == .settled && claim.notice.messageID == late.id && claim.digest == nil)
        #expect(try await outbox.nextDue() == nil)
    }

    @Test("An answer that comes while the question is on its way is told after it, not forgotten")
    func settledUnderWay() async throws {
        let outbox = try await Outbox()
        let message = try await outbox.ask()
        let claim = try #require(try await outbox.claim())
        try await outbox.answer(message)
        try await outbox.fixture.index.write { [now = outbox.now] in
            try $0.noticeSucceeded(claim, at: now, reminds: true)
        }
        #expect(try await outbox.claim()?.notice.kind == .settled)
    }

    @Test("What was told is taken back when the question expires, and when its message goes")
    func expiredAndDeleted() async throws {
        let outbox = try await Outbox()
        let (expiring, going) = (try await outbox.ask(), try await outbox.ask())
        for _ in 0..<2 { #expect(try await outbox.tell() != nil) }
        try await outbox.fixture.index.write { [expiring, going] tx throws in
            try tx.execute("UPDATE reviews SET expires_at = ? WHERE message_id = ?", [tx.now, expiring.id])
            try tx.expireDue(limit: 9)
            #expect(try tx.deleteMessage(going.id, in: tx.owned(going.channelID)) == .deleted)
        }
        let told = [try await outbox.tell(), try await outbox.tell()].compactMap { $0?.notice }
        #expect(told.map(\.kind) == [.settled, .settled])
        #expect(Set(told.map(\.messageID)) == [expiring.id, going.id])
        #expect(try await outbox.nextDue() == nil)
    }

    @Test("A question is told once more at half of its time, if its user wants that and it is still open")
    func reminders() async throws {
        let outbox = try await Outbox()
        let message = try await outbox.ask()
        #expect(try await outbox.tell() != nil)
        let half = message.createdAt.duration(to: try #require(try await outbox.nextDue()))
        #expect(half == .seconds(1800))
        #expect(try await outbox.claim(after: .seconds(1100)) == nil)
        #expect(try await outbox.tell(after: .seconds(1300))?.notice.kind == .reminder)
        #expect(try await outbox.nextDue() == nil)
        try await outbox.answer(message)
        #expect(try await outbox.claim(after: .seconds(1301))?.notice.kind == .settled)
    }

    @Test("Without the wish there is no reminder, and with it alone there is nothing else")
    func remindersAlone() async throws {
        let without = try await Outbox([.question])
        _ = try await without.ask()
        #expect(try await without.tell(reminds: false) != nil)
        #expect(try await without.nextDue() == nil)
        let alone = try await Outbox([.reminder])
        let message = try await alone.ask()
        #expect(try await alone.nextDue() == message.createdAt + .seconds(1800))
    }

    @Test("The fourth notice within five minutes waits for their end, and what has come by then is one")
    func burst() async throws {
        let outbox = try await Outbox()
        for _ in 0..<5 { _ = try await outbox.ask() }
        try await outbox.fixture.send()
        for _ in 0..<3 { #expect(try await outbox.tell()?.digest == nil) }
        #expect(try await outbox.claim(after: .seconds(10)) == nil)
        #expect(try await outbox.nextDue() == outbox.now + NoticeBurst.time)
        #expect(try await outbox.claim(after: .seconds(299)) == nil)
        let claim = try #require(try await outbox.tell(after: .seconds(300)))
        #expect(claim.digest == ClaimedNotice.Digest(questions: 2, others: 1))
        #expect(try await outbox.claim(after: .seconds(301)) == nil)
        // A new burst.
        try await outbox.fixture.send()
        #expect(try await outbox.tell(after: .seconds(302))?.digest == nil)
    }

    @Test("In quiet hours only ends are told; then one digest has what is still open, and one alone is itself")
    func quietHours() async throws {
        let outbox = try await Outbox()
        let told = try await outbox.ask()
        #expect(try await outbox.tell(reminds: false) != nil)
        let (first, second, third) = (try await outbox.ask(), try await outbox.ask(), try await outbox.ask())
        let morning = outbox.now + .seconds(3600)
        #expect(try await outbox.claim(quietUntil: morning) == nil)
        #expect(try await outbox.nextDue() == morning)
        try await outbox.answer(told)
        let settled = try #require(try await outbox.tell(quietUntil: morning))
        #expect(settled.notice.kind == .settled && settled.notice.messageID == told.id)
        try await outbox.answer(first)
        let digest = try #require(try await outbox.tell(after: .seconds(3600)))
        #expect(digest.digest == ClaimedNotice.Digest(questions: 2, others: 0))
        // What the digest said is corrected with each answer.
        try await outbox.answer(second)
        let corrected = try #require(try await outbox.tell(after: .seconds(3601)))
        #expect(corrected.notice.kind == .settled)
        #expect(corrected.digest == ClaimedNotice.Digest(questions: 1, others: 0))
        try await outbox.answer(third)
        let last = try #require(try await outbox.tell(after: .seconds(3602)))
        #expect(last.digest == ClaimedNotice.Digest(questions: 0, others: 0))

        let alone = try await outbox.ask()
        let evening = outbox.now + .seconds(90_000)
        #expect(try await outbox.claim(after: .seconds(4000), quietUntil: evening) == nil)
        let single = try #require(try await outbox.tell(after: .seconds(90_000)))
        #expect(single.digest == nil && single.notice.messageID == alone.id)
    }

    @Test("Of messages that ask nothing only so many wait, however many come; a question always finds a place")
    func flood() async throws {
        let outbox = try await Outbox()
        let messages = (0..<NoticeBurst.mostWaiting + 5).map { _ in Message.sample(in: outbox.fixture.agent) }
        try await outbox.fixture.index.write { tx in
            for message in messages { try tx.insert(message) }
        }
        _ = try await outbox.ask()
        #expect(try await outbox.claim(quietUntil: outbox.now + .seconds(60)) == nil)
        let digest = try await outbox.claim(after: .seconds(60))?.digest
        #expect(digest == ClaimedNotice.Digest(questions: 1, others: NoticeBurst.mostWaiting))
    }

    @Test("A clock that was set back holds nothing up for longer than a question may last")
    func clockSetBack() async throws {
        let outbox = try await Outbox()
        try await outbox.fixture.send()
        #expect(try await outbox.claim(quietUntil: outbox.now + .seconds(400 * 86_400)) == nil)
        try await outbox.fixture.index.clockWasSet()
        #expect(try await outbox.claim() != nil)
    }

    @Test("A browser is one user's, the last who subscribed by it; beyond the limit there is none")
    func subscriptions() async throws {
        let fixture = try await Fixture()
        let other = User.sample(email: "bob@example.org")
        try await fixture.index.write { [user = fixture.user] tx throws in
            try tx.insert(other)
            func browser(_ number: Int, of user: User) -> NoticeWay {
                NoticeWay(
                    userID: user.id,
                    kind: .push,
                    url: "https://p.example/\(number)",
                    keys: .init(p256dh: Data(repeating: 4, count: 65), auth: Data(repeating: 1, count: 16)),
                    name: "Firefox on Linux",
                    createdAt: tx.now
                )
            }
            let (ada, bob) = (ActingUser(id: user.id), ActingUser(id: other.id))
            let first = try #require(try tx.subscribe(browser(0, of: user), of: ada))
            let again = try #require(try tx.subscribe(browser(0, of: user), of: ada))
            #expect(first.isNew && !again.isNew && again.way == first.way)
            #expect(try tx.subscribe(browser(0, of: other), of: bob)?.isNew == true)
            #expect(try tx.noticeWays(of: user.id).isEmpty)
            let ofBob = try #require(try tx.noticeWays(of: other.id).first)
            #expect(try !tx.unsubscribe(ofBob.id, of: ada))
            for number in 1...NoticeWay.mostSubscriptions { _ = try tx.subscribe(browser(number, of: user), of: ada) }
            #expect(try tx.subscribe(browser(0, of: user), of: ada) == nil)
            #expect(try tx.noticeWays(of: user.id).count == NoticeWay.mostSubscriptions)
            #expect(throws: IndexError.notOwned) { try tx.subscribe(browser(99, of: user), of: bob) }
        }
    }

    @Test("A browser whose session is ended hears nothing more; one whose session has run out does")
    func endedSession() async throws {
        let fixture = try await Fixture()
        let names = try await fixture.index.write { [userID = fixture.user.id] tx in
            let user = ActingUser(id: userID)
            for (name, expiry) in [("ended", 60), ("run out", -60)] {
                let session = Session(
                    id: .init(rawValue: name),
                    userID: user.id,
                    userAgent: nil,
                    createdAt: tx.now,
                    lastUsedAt: tx.now,
                    expiresAt: tx.now + .seconds(expiry)
                )
                try tx.insert(session, hash: [UInt8](repeating: UInt8(name.count), count: 32))
                var way = NoticeWay(userID: user.id, kind: .push, url: "https://p.example/\(name)", createdAt: tx.now)
                way.keys = .init(p256dh: Data(repeating: 4, count: 65), auth: Data(repeating: 1, count: 16))
                (way.name, way.sessionID) = (name, session.id)
                _ = try tx.subscribe(way, of: user)
            }
            try tx.endSessions(userID: user.id)
            return try tx.noticeWays(of: user.id).map(\.name)
        }
        #expect(names == ["run out"])
    }

    @Test("The server's key for push services is made once: who comes second gets the first")
    func pushKey() async throws {
        let fixture = try await Fixture()
        let kept = try await fixture.index.write { tx in
            [try tx.keepPushKey(Data(repeating: 1, count: 32)), try tx.keepPushKey(Data(repeating: 2, count: 32))]
        }
        #expect(kept == [Data(repeating: 1, count: 32), Data(repeating: 1, count: 32)])
        #expect(try await fixture.index.read { try $0.pushKey() } == kept[0])
    }
}
