import Synchronization

/// Passes committed changes on to those who listen: the doorbells of long-polls, and subscriptions.
///
/// What holds: changes come from one thread, the writer's, in the order of the commits, and every listener gets them
/// in that order; none holds up the writer or another, because what a subscriber has not read yet is bounded.
final class ChangeFeed: Sendable {
    private struct State {
        var subscribers: [Topic: [Int: ChangeSubscription.Continuation]] = [:]
        var lastID = 0
        var lastNumber = Timestamp.now().milliseconds * 1_000
        var isClosed = false
    }

    let doorbells = Doorbells()
    private let state = Mutex(State())

    /// Tells everyone of `changes`, whose commit has just returned, and rings `bells` besides.
    func publish(_ changes: [Change], bells: Set<Topic> = []) {
        for change in changes {
            let topics = change.topics
            let (announcement, listeners) = state.withLock { state in
                state.lastNumber += 1
                var listeners: [Int: ChangeSubscription.Continuation] = [:]
                for topic in topics { listeners.merge(state.subscribers[topic] ?? [:]) { first, _ in first } }
                return (Announcement(number: state.lastNumber, change: change), listeners)
            }
            // Outside of the lock: dropping one calls `unsubscribe`.
            for listener in listeners.values {
                if case .dropped = listener.yield(announcement) { listener.finish(throwing: IndexError.tooSlow) }
            }
        }
        doorbells.ring(bells.union(changes.flatMap(\.topics)))
    }

    func subscribe(to topics: Set<Topic>, capacity: Int) -> ChangeSubscription {
        let (stream, continuation) = ChangeSubscription.makeStream(capacity: capacity)
        let id: Int? = state.withLock { state in
            if state.isClosed { return nil }
            state.lastID += 1
            for topic in topics { state.subscribers[topic, default: [:]][state.lastID] = continuation }
            return state.lastID
        }
        if let id {
            continuation.onTermination = { [weak self] _ in self?.unsubscribe(id, from: topics) }
        } else {
            continuation.finish(throwing: IndexError.closed)
        }
        return stream
    }

    private func unsubscribe(_ id: Int, from topics: Set<Topic>) {
        // What is removed is released after the lock, not under it.
        _ = state.withLock { state in
            topics.compactMap { topic in
                let removed = state.subscribers[topic]?.removeValue(forKey: id)
                if state.subscribers[topic]?.isEmpty == true { state.subscribers[topic] = nil }
                return removed
            }
        }
    }

    /// Ends every wait and subscription with ``IndexError/closed``, also those to come.
    func close() {
        let listeners = state.withLock { state in
            state.isClosed = true
            return state.subscribers.values.flatMap(\.values)
        }
        for listener in listeners { listener.finish(throwing: IndexError.closed) }
        doorbells.close()
    }

    /// How many subscriptions there are under all topics.
    var subscriberCount: Int {
        state.withLock { $0.subscribers.values.reduce(0) { $0 + $1.count } }
    }
}
