import Synchronization

/// Passes committed changes on to those who listen: rings the doorbells, and keeps the latest for who must not miss one.
///
/// What holds: changes come from one thread, the writer's, and are numbered in the order of the commits; no listener
/// holds up the writer or another, because what is kept is bounded and nothing is kept for anybody in particular.
final class ChangeFeed: Sendable {
    let doorbells = Doorbells()
    private let log = Mutex(ChangeLog(start: Timestamp.now().milliseconds * 1_000))

    /// Tells everyone of `changes`, whose commit has just returned, and rings `bells` besides.
    func publish(_ changes: [Change], bells: Set<Topic> = []) {
        log.withLock { log in
            for change in changes { log.append(change) }
        }
        doorbells.ring(bells.union(changes.flatMap(\.topics)))
    }

    var lastNumber: Int64 { log.withLock { $0.lastNumber } }

    func changes(channelID: String?, after number: Int64) -> ChangeBatch? {
        log.withLock { log in
            log.changes(channelID: channelID, after: number).map { ChangeBatch(changes: $0, last: log.lastNumber) }
        }
    }

    /// Ends every wait with ``IndexError/closed``, also those to come.
    func close() {
        doorbells.close()
    }
}
