import CoreMetrics
import Synchronization

/// The one writer: it gathers what is queued while the last transaction commits, and commits it as a group.
///
/// One flush of the disk then serves every caller that waited for it. Guarantees:
/// - A unit runs in its own savepoint: it is stored whole or not at all, whatever the other units do.
/// - No caller is resumed before the group's commit has returned. Success means that the row survives a power loss.
/// - Users take turns (``WriterLines``), so nobody waits for all that somebody else has queued.
/// - What the group changed is announced after its commit, before any caller is resumed.
/// - At most one drain loop is scheduled, on the writer's dispatch queue. Waiting units cost no thread.
final class CommitQueue: Sendable {
    /// Limits how long a unit waits for its group, and how much memory the uncommitted pages take.
    static let maxUnitsPerCommit = 256
    /// A group takes no further unit when its units have taken that long. Those that are in it wait no longer.
    static let timePerGroup = Duration.milliseconds(5)

    private struct State {
        var waiting = WriterLines<Unit>()
        var isDraining = false
        var isClosed = false
    }

    private let writer: any GroupWriter
    private let timePerGroup: Duration
    private let unitsPerCommit: Recorder
    private let commitTime: CoreMetrics.Timer
    private let state = Mutex(State())

    /// Writes through `writer`, which nothing else may use from now on.
    init(_ writer: any GroupWriter, timePerGroup: Duration, metrics: any MetricsFactory) {
        self.writer = writer
        self.timePerGroup = timePerGroup
        unitsPerCommit = Recorder(label: "placet_commit_units", factory: metrics)
        commitTime = Timer(label: "placet_commit_duration_seconds", factory: metrics)
    }

    /// Queues `body` in the line of that user; nil is the server itself. After the commit of its group, returns its
    /// value or throws its error.
    func run<T: Sendable>(
        for purpose: Purpose,
        of userID: User.ID?,
        _ body: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            enqueue(Unit(for: purpose, body, continuation), of: userID)
        }
    }

    /// How many units are not yet in a group.
    var waitingCount: Int {
        state.withLock { $0.waiting.count }
    }

    /// Refuses further units. Those already queued are still committed.
    func refuseMore() {
        state.withLock { $0.isClosed = true }
    }

    private func enqueue(_ unit: Unit, of userID: User.ID?) {
        let refused = state.withLock { state in
            if state.isClosed { return true }
            state.waiting.append(unit, of: userID)
            if !state.isDraining {
                state.isDraining = true
                // Scheduled under the lock: `close` then finds this drain ahead of it on the writer's queue.
                writer.run { self.drain() }
            }
            return false
        }
        if refused { unit.fail(IndexError.closed) }
    }

    private func drain() {
        var isMoreToCommit = false
        while let limit = nextGroup(evenIfEmpty: isMoreToCommit) { isMoreToCommit = commit(upTo: limit) }
        tidyUp()
    }

    /// Between two groups, and a little at a time: others may be waiting by now.
    private func tidyUp() {
        if writer.tidyUp() { writer.run { self.tidyUp() } }
    }

    /// How many units the next group may have: those that wait now. Nil when there is nothing to do.
    private func nextGroup(evenIfEmpty: Bool) -> Int? {
        state.withLock { state in
            guard state.waiting.count > 0 || evenIfEmpty && !state.isClosed else {
                state.isDraining = false
                return nil
            }
            state.waiting.beginGroup()
            return min(state.waiting.count, Self.maxUnitsPerCommit)
        }
    }

    /// Runs units in turn until the group is full or its time is over; or those that are in it, once more.
    private func runUnits(of group: inout Group, upTo limit: Int, in tx: Transaction, _ files: IndexFiles?) throws {
        group.outcomes = []
        for unit in group.units { group.outcomes.append(try unit.outcome(in: tx, files)) }
        if !group.units.isEmpty { return }
        var time = Duration.zero
        while group.units.count < limit, time < timePerGroup {
            guard let (unit, userID) = state.withLock({ $0.waiting.next(within: timePerGroup) }) else { return }
            group.units.append(unit)
            let began = ContinuousClock.now
            group.outcomes.append(try unit.outcome(in: tx, files))
            let taken = began.duration(to: .now)
            state.withLock { $0.waiting.charge(taken, to: userID) }
            time += taken
        }
    }

    /// - Returns: whether something is left for another commit, even one without units.
    private func commit(upTo limit: Int) -> Bool {
        var group = Group()
        let began = ContinuousClock.now
        do {
            let isMore = try writer.commit { tx, files in try runUnits(of: &group, upTo: limit, in: tx, files) }
            unitsPerCommit.record(group.units.count)
            commitTime.recordNanoseconds(Int64(began.duration(to: .now) / .nanoseconds(1)))
            for deliver in group.outcomes { deliver() }
            return isMore
        } catch {
            let error = IndexError.translating(error)
            for unit in group.units + rest(of: limit - group.units.count) { unit.fail(error) }
            return false
        }
    }

    /// Takes units that would have had their turn, were the disk well. It is not tried again for each of them.
    private func rest(of count: Int) -> [Unit] {
        state.withLock { state in (0..<count).compactMap { _ in state.waiting.next(within: nil)?.element } }
    }

    /// What one commit makes durable.
    private struct Group {
        var units: [Unit] = []
        var outcomes: [Unit.Outcome] = []
    }
}

/// One caller's work, and the way back to the caller.
struct Unit: Sendable {
    /// Resumes the caller; called after the commit.
    typealias Outcome = () -> Void

    private let purpose: Purpose
    private let perform: @Sendable (Transaction) throws -> Outcome
    let fail: @Sendable (any Error) -> Void

    init<T: Sendable>(
        for purpose: Purpose,
        _ body: @escaping @Sendable (Transaction) throws -> T,
        _ continuation: CheckedContinuation<T, any Error>
    ) {
        self.purpose = purpose
        perform = { transaction in
            let value = try body(transaction)
            return { continuation.resume(returning: value) }
        }
        fail = { continuation.resume(throwing: $0) }
    }

    /// Runs the unit in a savepoint, if there is room for it. Throws only when the whole group is lost with it.
    ///
    /// - Parameter files: nil when there is room for sure.
    func outcome(in transaction: Transaction, _ files: IndexFiles?) throws -> Outcome {
        var outcome: Outcome?
        do {
            try files?.checkRoom(for: purpose, transaction)
            try transaction.announcements.undoingOnError {
                try transaction.connection.savepoint { outcome = try perform(transaction) }
            }
        } catch {
            // A full disk or an I/O error can make SQLite roll back everything, including the units before. Going on
            // would run the rest outside of any transaction.
            guard transaction.connection.isInsideTransaction else { throw error }
            let error = IndexError.translating(error)
            return { fail(error) }
        }
        guard let outcome else { throw IndexError.unexpected }
        return outcome
    }
}
