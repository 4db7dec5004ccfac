/// Work that falls due with time, such as the expiry of reviews, done in batches at the moment it is due.
///
/// Sleeps until the next due time, however far away; a commit that makes something due sooner wakes it. No timer by the
/// second, nothing is polled.
package struct Sweep: Sendable {
    /// How much is done in one commit at most.
    package static let batch = 500
    private static let longestSleep = Duration.seconds(3600)

    /// What is swept, for the log.
    package let name: String
    private let index: SQLiteIndex
    private let work: @Sendable (Transaction, _ limit: Int) throws -> Void
    private let next: @Sendable (Reader) throws -> Timestamp?

    /// - Parameters:
    ///   - work: does what is due, at most `limit` of it, and some of it whenever something is due.
    ///   - next: when something is due next, or has been; nil for never.
    package init(
        _ name: String,
        in index: SQLiteIndex,
        work: @escaping @Sendable (Transaction, _ limit: Int) throws -> Void,
        next: @escaping @Sendable (Reader) throws -> Timestamp?
    ) {
        self.name = name
        self.index = index
        self.work = work
        self.next = next
    }

    /// Runs until cancelled, or until the index is closed.
    package func run() async throws {
        while true {
            let next = try await index.read { try self.next($0) }
            if let next, next <= .now() {
                _ = try await index.write { tx in try work(tx, Self.batch) }
                continue
            }
            let sleep = next.map { Duration.milliseconds($0.milliseconds - Timestamp.now().milliseconds) }
            let deadline = ContinuousClock.now + min(max(sleep ?? Self.longestSleep, .zero), Self.longestSleep)
            // Every commit rings here, and the look is one read of an index; only an earlier time ends the sleep.
            _ = try await index.wait(for: .everything, until: deadline) { () async throws -> Timestamp? in
                guard let now = try await index.read({ try self.next($0) }) else { return nil }
                return now < next ?? Timestamp(milliseconds: .max) ? now : nil
            }
        }
    }
}
