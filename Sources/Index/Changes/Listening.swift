extension Index {
    /// The changes of `topics` that are committed from now on; see ``ChangeSubscription``.
    ///
    /// - Parameter capacity: how many may lie unread before the subscriber is dropped.
    package func subscribe(to topics: Set<Topic>, capacity: Int = 256) -> ChangeSubscription {
        feed.subscribe(to: topics, capacity: capacity)
    }

    /// Looks until there is something to see: at once, and again after every commit that changes `topic`; nil when
    /// there is still nothing at `deadline`.
    ///
    /// For long-polls. Between the looks it costs no thread and no timer. Throws what `look` throws,
    /// `CancellationError` at once when the task is cancelled, and ``IndexError/closed``.
    package func wait<T: Sendable>(
        for topic: Topic,
        until deadline: ContinuousClock.Instant,
        _ look: @Sendable () async throws -> T?
    ) async throws -> T? {
        let waiter = feed.doorbells.register(topic, until: deadline)
        defer { feed.doorbells.unregister(waiter, topic) }
        while true {
            if let seen = try await look() { return seen }
            switch await feed.doorbells.wait(waiter) {
            case .rung: continue
            case .timeIsUp: return nil
            case .cancelled: throw CancellationError()
            case .closed: throw IndexError.closed
            }
        }
    }
}
