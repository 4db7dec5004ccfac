import Index
import Synchronization

/// The head of a queue of what is to be sent.
package protocol SendingHead: Sendable {
    associatedtype QueueID: Hashable & Sendable
    var queueID: QueueID { get }
    var userID: User.ID { get }
    /// When it may be claimed, which may be in the past.
    var dueAt: Timestamp { get }
}

extension NextDelivery: SendingHead {
    package var queueID: Agent.ID { channelID }
}

extension NextNotice: SendingHead {
    package var queueID: NoticeWay.ID { wayID }
}

/// Whose turn it is, and how many requests are under way.
///
/// A queue (a channel's deliveries, a way's notices) has one request under way, so it keeps its order while none fails. A
/// user has few, and of those who wait the one with the fewest is next, so many slow receivers of one user delay nobody
/// else.
package final class SendingTurns<Head: SendingHead>: Sendable {
    private let perUser: Int
    /// The queues with a request under way, and whose they are.
    private let underWay = Mutex<[Head.QueueID: User.ID]>([:])

    package init(perUser: Int) {
        self.perUser = perUser
    }

    package func take(_ queueID: Head.QueueID, of userID: User.ID) {
        underWay.withLock { $0[queueID] = userID }
    }

    package func leave(_ queueID: Head.QueueID) {
        underWay.withLock { $0[queueID] = nil }
    }

    /// Of the heads that are due and have a place, the one whose user has the fewest requests under way; of several the
    /// first.
    package func next(in heads: [Head], now: Timestamp) -> Head? {
        let (counts, free) = free(in: heads)
        return free.filter { $0.dueAt <= now }.min { counts[$0.userID, default: 0] < counts[$1.userID, default: 0] }
    }

    /// When the first of those is due that have a place.
    package func nextDue(in heads: [Head]) -> Timestamp? {
        free(in: heads).heads.map(\.dueAt).min()
    }

    private func free(in heads: [Head]) -> (counts: [User.ID: Int], heads: [Head]) {
        let underWay = underWay.withLock { $0 }
        let counts = Dictionary(underWay.values.map { ($0, 1) }, uniquingKeysWith: +)
        let free = heads.filter { underWay[$0.queueID] == nil && counts[$0.userID, default: 0] < perUser }
        return (counts, free)
    }
}
