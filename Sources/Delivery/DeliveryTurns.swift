import API
import Index
import Synchronization

/// Whose delivery is next, and how many are under way.
///
/// A channel has one request under way, so its events keep their order while none fails. A user has few, and of those
/// who wait the one with the fewest is next, so many slow receivers of one user delay nobody else.
final class DeliveryTurns: Sendable {
    /// The channels with a request under way, and whose they are.
    private let underWay = Mutex<[Agent.ID: User.ID]>([:])

    func take(_ channelID: Agent.ID, of userID: User.ID) {
        underWay.withLock { $0[channelID] = userID }
    }

    func leave(_ channelID: Agent.ID) {
        underWay.withLock { $0[channelID] = nil }
    }

    /// Of the heads in `queue` that are due and have a place, the one whose user has the fewest requests under way; of
    /// several the first.
    func next(in queue: [NextDelivery], now: Timestamp) -> NextDelivery? {
        let (counts, free) = free(in: queue)
        return free.filter { $0.dueAt <= now }.min { counts[$0.userID, default: 0] < counts[$1.userID, default: 0] }
    }

    /// When the first of those in `queue` is due that have a place.
    func nextDue(in queue: [NextDelivery]) -> Timestamp? {
        free(in: queue).heads.map(\.dueAt).min()
    }

    private func free(in queue: [NextDelivery]) -> (counts: [User.ID: Int], heads: [NextDelivery]) {
        let underWay = underWay.withLock { $0 }
        let counts = Dictionary(underWay.values.map { ($0, 1) }, uniquingKeysWith: +)
        let heads = queue.filter {
            underWay[$0.channelID] == nil && counts[$0.userID, default: 0] < Limits.webhooksPerUser
        }
        return (counts, heads)
    }
}
