import Synchronization

/// Passes committed changes on: it rings doorbells, and keeps the latest changes for listeners that must not miss one.
///
/// Guarantees: changes come from one thread, the writer's, and are numbered in the order of commits. No listener can
/// hold up the writer or another listener, because what is kept is bounded and shared by all.
final class ChangeFeed: Sendable {
    let doorbells = Doorbells()
    /// Starts at the clock, in microseconds, so that numbers grow from one run to the next.
    private let log = Mutex(ChangeLog(start: Timestamp.now().milliseconds * 1_000))

    /// Tells all listeners of `changes`, whose commit has just returned, and rings `bells` as well.
    func publish(_ changes: [(change: Change, userID: User.ID)], bells: Set<Topic> = []) {
        let announced = log.withLock { log in changes.map { log.append($0.change, userID: $0.userID) } }
        doorbells.ring(bells.union(announced.flatMap(\.topics)))
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
