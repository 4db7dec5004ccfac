/// Work that falls due at certain times, such as the expiry of reviews. It is done in batches, at the moment it is due.
///
/// A sweep sleeps until the next due time, an hour at most, and a change that is announced wakes it. So whatever makes
/// something due within the hour has to be announced (``Change``). Nothing is polled. Due times are those of the
/// system's clock, also when that is set.
package struct Sweep: Sendable {
    /// How much is done in one commit at most, so that other writers do not wait long.
    package static let batch = 500

    /// What is swept, for the log.
    package let name: String
    private let index: StoreIndex
    private let work: @Sendable (Transaction, _ limit: Int) throws -> Void
    private let next: @Sendable (Reader) throws -> Timestamp?
    private let clock: @Sendable () -> Timestamp

    /// - Parameters:
    ///   - work: does what is due, at most `limit` of it. It must do some of it whenever something is due.
    ///   - next: when something is due, which may be in the past; nil for never.
    ///   - clock: the time; another one is for tests.
    package init(
        _ name: String,
        in index: StoreIndex,
        work: @escaping @Sendable (Transaction, _ limit: Int) throws -> Void,
        next: @escaping @Sendable (Reader) throws -> Timestamp?,
        clock: @escaping @Sendable () -> Timestamp = Timestamp.now
    ) {
        self.name = name
        self.index = index
        self.work = work
        self.next = next
        self.clock = clock
    }

    /// Runs until it is cancelled or the index is closed, and then throws.
    package func run() async throws {
        while true {
            let next = try await index.read { try self.next($0) }
            if let next, next <= clock() {
                _ = try await index.write(for: .upkeep) { tx in try work(tx, Self.batch) }
                continue
            }
            // Every announced change rings here, and each look reads one entry of an index.
            try await index.sleep(until: next, listeningTo: .everything, clock: clock) {
                try await index.read { try self.next($0) }
            }
        }
    }
}
