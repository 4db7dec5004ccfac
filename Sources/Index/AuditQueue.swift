import Synchronization

/// Entries about what was read or refused, on their way to the audit log. A download waits for no commit: entries gather
/// for a second and are stored together, so a crash loses those of the last second.
///
/// What the same caller does again to the same thing from the same address within a minute is noted once: a program may
/// fetch a file in a thousand pieces, and the log is for people.
package final class AuditQueue: Sendable {
    /// How many may wait. What comes beyond is not noted, but counted.
    static let capacity = 10_000
    private static let pause = Duration.seconds(1)
    private static let sameness = Duration.seconds(60)

    private struct Deed: Hashable {
        let action: AuditEntry.Action
        let subject: String?
        let credential: String?
        let address: String?
    }

    private struct State {
        var waiting: [AuditEntry] = []
        var lost = 0
        /// What was noted since the last time that this was emptied.
        var known: Set<Deed> = []
        var forgetting = ContinuousClock.now
    }

    private let state = Mutex(State())
    /// Has an element when the first of them came.
    private let filled: AsyncStream<Void>
    private let fill: AsyncStream<Void>.Continuation

    package init() {
        (filled, fill) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// Takes an entry, unless it is a repetition.
    package func add(_ entry: AuditEntry, now: ContinuousClock.Instant = .now) {
        let deed = Deed(
            action: entry.action,
            subject: entry.subject,
            credential: entry.origin.credential,
            address: entry.origin.address
        )
        let isFirst = state.withLock { state in
            if state.forgetting <= now || state.known.count >= Self.capacity {
                state.known = []
                state.forgetting = now + Self.sameness
            }
            guard state.known.insert(deed).inserted else { return false }
            guard state.waiting.count < Self.capacity else {
                state.lost += 1
                return false
            }
            state.waiting.append(entry)
            return state.waiting.count == 1
        }
        if isFirst { fill.yield() }
    }

    /// Stores what was added, a second after the first of it came, until the task is cancelled, and then at once.
    ///
    /// - Parameter onLost: told how many found no room.
    /// - Throws: what the index throws; what could not be stored is lost, and counted as such.
    package func run(into index: StoreIndex, onLost: @Sendable (_ count: Int) -> Void) async throws {
        for await _ in filled {
            try? await Task.sleep(for: Self.pause)
            try await store(in: index, onLost: onLost)
        }
        try await store(in: index, onLost: onLost)
        throw CancellationError()
    }

    /// Stores what was added until now.
    package func store(in index: StoreIndex, onLost: @Sendable (_ count: Int) -> Void = { _ in }) async throws {
        let (entries, lost) = state.withLock { state in
            defer { (state.waiting, state.lost) = ([], 0) }
            return (state.waiting, state.lost)
        }
        if lost > 0 { onLost(lost) }
        for start in stride(from: 0, to: entries.count, by: Sweep.batch) {
            let batch = entries[start..<min(start + Sweep.batch, entries.count)]
            do {
                try await index.write(for: .upkeep) { tx in for entry in batch { try tx.insert(entry) } }
            } catch {
                onLost(entries.count - start)
                throw error
            }
        }
    }
}
