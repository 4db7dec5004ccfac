import Synchronization

/// Passes committed changes on to those who listen: rings the doorbells, and keeps the latest for who must not miss one.
///
/// What holds: changes come from one thread, the writer's, and are numbered in the order of the commits; no listener
/// holds up the writer or another, because what is kept is bounded and nothing is kept for anybody in particular.
final class ChangeFeed: Sendable {
    let doorbells = Doorbells()
    private let log = Mutex(ChangeLog(start: Timestamp.now().milliseconds * 1_000))

    /// Tells everyone of `changes`, whose commit has just returned, and rings `bells` besides.
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

    /// Ends every wait with ``IndexError/closed``, also those to come.
    func close() {
        doorbells.close()
    }
}
