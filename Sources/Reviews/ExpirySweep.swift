import Index

/// Marks reviews as expired the moment their time has passed, which wakes those who wait for them.
///
/// Sleeps until the next expiry, however far away; a review that expires sooner wakes it. No timer by the second.
package struct ExpirySweep: Sendable {
    /// How many reviews one commit expires at most.
    static let batch = 500
    private static let longestSleep = Duration.seconds(3600)

    private let index: Index

    package init(index: Index) {
        self.index = index
    }

    /// Runs until cancelled, or until the index is closed.
    package func run() async throws {
        while true {
            let expired = try await index.write { tx in try tx.expireDue(limit: Self.batch) }
            if expired.count == Self.batch { continue }
            let next = try await index.read { try $0.nextExpiry() }
            let sleep = next.map { Duration.milliseconds($0.milliseconds - Timestamp.now().milliseconds) }
            let deadline = ContinuousClock.now + min(max(sleep ?? Self.longestSleep, .zero), Self.longestSleep)
            // Every commit rings here, and the look is one read of an index; only an earlier expiry ends the sleep.
            _ = try await index.wait(for: .everything, until: deadline) {
                let now = try await index.read { try $0.nextExpiry() }
                return now == next ? nil : now
            }
        }
    }
}
