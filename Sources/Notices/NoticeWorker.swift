import API
import CoreMetrics
import HTTP
import Index
import Logging

/// Tells what is queued for as long as it runs, each at least once.
///
/// It sleeps until a notice is due or something is queued, and asks the index only then. Claims are leases, so what a
/// killed process was sending is sent again; a browser then shows it in the place of the first.
struct NoticeWorker: Sendable {
    private static let mostAtOnce = 32
    /// Longer than an attempt takes.
    private static let lease = Duration.seconds(60)

    let teller: NoticeTeller
    let zones: Zones
    let schedule: RetrySchedule
    let logger: Logger
    private let ended: NoticeCounters
    private let turns = SendingTurns<NextNotice>(perUser: Limits.noticesPerUser)

    private var index: StoreIndex { teller.index }

    init(
        teller: NoticeTeller,
        zones: Zones,
        schedule: RetrySchedule = .standard,
        metrics: any MetricsFactory = NOOPMetricsHandler.instance,
        logger: Logger
    ) {
        (self.teller, self.zones, self.schedule, self.logger) = (teller, zones, schedule, logger)
        ended = NoticeCounters(metrics)
    }

    /// Runs until cancelled. Attempts under way are then given back, and count as not made.
    ///
    /// - Throws: when the index cannot be used.
    func run() async throws {
        let (free, freed) = AsyncStream.makeStream(of: Void.self)
        for _ in 0..<Self.mostAtOnce { freed.yield() }
        try await withThrowingDiscardingTaskGroup { group in
            for await _ in free {
                let claim = try await next()
                group.addTask {
                    try await tell(claim)
                    freed.yield()
                }
            }
        }
    }

    /// Claims the notice whose turn it is, and takes its place. Waits if there is none.
    private func next() async throws -> ClaimedNotice {
        while true {
            let heads = try await index.read { try $0.nextNotices() }
            let now = Timestamp.now()
            guard let head = turns.next(in: heads, now: now) else {
                try await index.sleep(until: turns.nextDue(in: heads), listeningTo: .notices) {
                    turns.nextDue(in: try await index.read { try $0.nextNotices() })
                }
                continue
            }
            let settings = try await index.read { try $0.noticeSettings(of: head.userID) }
            let quietUntil = settings.quietHours.flatMap { clock(of: settings).end(of: $0, at: now) }
            let claimed = try await index.write(for: .upkeep) { tx in
                try tx.claimNotice(by: head.wayID, at: now, quietUntil: quietUntil, lease: Self.lease)
            }
            guard let claimed else { continue }
            turns.take(head.wayID, of: head.userID)
            return claimed
        }
    }

    private func clock(of settings: NoticeSettings) -> WallClock {
        WallClock(zone: settings.quietHours.flatMap { zones[$0.timeZone] })
    }

    /// Tries once and notes how it went.
    ///
    /// - Throws: errors of the index, which end the worker.
    private func tell(_ claim: ClaimedNotice) async throws {
        let outcome: Result<Bool, any Error>
        do {
            outcome = .success(try await attempt(claim))
        } catch {
            outcome = .failure(error)
        }
        // Before the index rings, so that whoever wakes up sees the free place.
        turns.leave(claim.way.id)
        switch outcome {
        case .success(true):
            ended.count(.sent, by: claim.way.kind)
            let reminds = try await index.read { try $0.noticeSettings(of: claim.way.userID).kinds.contains(.reminder) }
            try await index.write(for: .upkeep) { try $0.noticeSucceeded(claim, at: .now(), reminds: reminds) }
        case .success(false):
            try await index.write(for: .upkeep) { try $0.noticeGivenUp(claim) }
        case .failure(let failure as AttemptFailure) where failure.isFinal || !Task.isCancelled:
            try await note(failure, of: claim)
        case .failure(let error):
            try await index.write(for: .upkeep) { try $0.giveBack(claim, at: .now()) }
            if !Task.isCancelled { throw error }
        }
    }

    /// - Returns: false when there is nothing to tell any more.
    private func attempt(_ claim: ClaimedNotice) async throws -> Bool {
        guard let text = try await text(of: claim) else { return false }
        _ = try await teller.tell(text, by: claim.way)
        return true
    }

    private func text(of claim: ClaimedNotice) async throws -> NoticeText? {
        let (id, kind) = (claim.notice.messageID, claim.notice.kind)
        if let digest = claim.digest {
            // A second mail for each answer would be more than the first one said.
            if kind == .settled, claim.way.kind == .email { return nil }
            return NoticeText(digest, isSettled: kind == .settled)
        }
        let (settings, message, agent) = try await index.read { reader in
            let message = try reader.anyMessage(id: id)
            let agent = try message.flatMap { try reader.anyAgent(id: $0.message.channelID) }
            return (try reader.noticeSettings(of: claim.way.userID), message, agent)
        }
        guard let message, let agent else { return kind == .settled ? NoticeText(withdrawn: id) : nil }
        if kind == .settled { return NoticeText(settled: message, from: agent, settings, clock(of: settings)) }
        if let review = message.review, review.status(at: .now()) != .pending { return nil }
        return NoticeText(message, from: agent, kind, settings)
    }

    /// Notes a failure, and when to try again. What has no other attempt is forgotten, and so is a browser that has ended
    /// its subscription.
    private func note(_ failure: AttemptFailure, of claim: ClaimedNotice) async throws {
        let isEnd = failure.isEnd(of: claim.way)
        let isFinal = failure.isFinal || claim.way.kind == .push && (failure.status == 400 || failure.status == 413)
        let pause = isFinal || isEnd ? nil : schedule.pause(after: failure, ofAttempt: claim.notice.attempts + 1)
        ended.count(isEnd ? .unsubscribed : pause == nil ? .givenUp : .failed, by: claim.way.kind)
        logger.log(
            level: pause == nil && !isEnd ? .warning : .info,
            isEnd ? "browser unsubscribed" : pause == nil ? "notice given up" : "notice failed",
            metadata: [
                "way": "\(claim.way.kind.rawValue)", "user": "\(claim.way.userID)",
                "message": "\(claim.notice.messageID)", "attempts": "\(claim.notice.attempts + 1)",
                "error": "\(failure.reason)",
            ]
        )
        try await index.write(for: .upkeep) { tx in
            if isEnd { return try tx.removeNoticeWay(claim.way.id) }
            guard let pause else { return try tx.noticeGivenUp(claim) }
            try tx.noticeFailed(claim, retryAt: tx.now + pause)
        }
    }
}
