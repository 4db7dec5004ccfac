import Synchronization

/// Passes committed changes on: it rings doorbells, and keeps the latest changes for listeners that must not miss one.
///
/// Guarantees: changes are numbered in the order of commits, and passed on in that order. No listener can hold up the
/// writer or another listener, because what is kept is bounded and shared by all.
final class ChangeFeed: Sendable {
    let doorbells = Doorbells()
    private let log: Mutex<ChangeLog>
    private let commits = Atomic<UInt64>(0)
    private let isDeaf = Atomic(false)

    /// - Parameter start: all numbers are greater than this. By itself it starts at the clock, in microseconds, so that
    ///   numbers grow from one run to the next.
    init(start: Int64 = Timestamp.now().milliseconds * 1_000) {
        log = Mutex(ChangeLog(start: start))
    }

    // MARK: Commits

    /// Grows with every commit that is heard of. While commits of others may go unheard, it grows whenever it is asked.
    var commitCount: UInt64 {
        isDeaf.load(ordering: .sequentiallyConsistent)
            ? commits.wrappingAdd(1, ordering: .sequentiallyConsistent).newValue
            : commits.load(ordering: .sequentiallyConsistent)
    }

    /// To be called before any caller learns how its commit ended.
    func countCommit() { commits.wrappingAdd(1, ordering: .sequentiallyConsistent) }

    /// Says whether commits of others are heard of from now on.
    func hearsOthers(_ hears: Bool) {
        isDeaf.store(!hears, ordering: .sequentiallyConsistent)
        // What was read until now may be from before one that was not heard of.
        countCommit()
    }

    // MARK: Changes

    /// Tells all listeners of `changes`, whose commit has just returned, and rings `bells` as well. They come from one
    /// thread, the writer's.
    func publish(_ changes: [(change: Change, userID: User.ID)], bells: Set<Topic> = []) {
        let announced = log.withLock { log in changes.map { log.append($0.change, userID: $0.userID) } }
        doorbells.ring(bells.union(announced.flatMap(\.topics)))
    }

    /// The same for rows of the feed that are committed, in their order. Those that are known already are passed over;
    /// when some are missing before them, all who wait look again, and who asks for older ones has to read its state anew.
    func publish(_ rows: [FeedRow]) {
        guard let last = rows.last else { return }
        var (topics, missed) = (Set<Topic>(), false)
        log.withLock { log in
            guard last.number > log.lastNumber else { return }
            if rows[0].number > log.lastNumber + 1 {
                missed = true
                log = ChangeLog(start: rows[0].number - 1)
            }
            for row in rows where row.number > log.lastNumber {
                topics.formUnion(row.bells)
                if let (change, userID) = row.change {
                    // In lists, what is made here from now on comes after it, however the clocks of nodes differ.
                    if change.kind == .messageCreated, let id = change.messageID {
                        OrderedUUID.continue(after: id.rawValue)
                    }
                    topics.formUnion(log.append(change, userID: userID).topics)
                } else {
                    log.skip()
                }
            }
        }
        if missed { doorbells.ringAll() } else { doorbells.ring(topics) }
    }

    var lastNumber: Int64 { log.withLock { $0.lastNumber } }

    func changes(of topic: Topic, after number: Int64, limit: Int) -> ChangeBatch? {
        log.withLock { log in
            log.changes(of: topic, after: number, limit: limit).map { changes in
                let isWhole = changes.count < limit
                return ChangeBatch(changes: changes, last: isWhole ? log.lastNumber : changes.last?.number ?? number)
            }
        }
    }

    /// Ends every wait with ``IndexError/closed``, now and later.
    func close() {
        doorbells.close()
    }
}
