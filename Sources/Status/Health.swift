import API
import Index
import Store
import Synchronization

/// Tries both halves of the store with a real, durable write, at most once a second however often it is asked.
///
/// A mere answer would prove little: a server with a full or read-only disk still answers, but can store nothing.
final class Health: Sendable {
    /// How long a report is reused. Any caller may ask, without a key, and each check costs flushes of the disk.
    private static let freshness = Duration.seconds(1)

    private let store: FileStore
    private let version: String
    /// The report itself is a task, so that requests during a check wait for it instead of starting another.
    private let last = Mutex<(at: ContinuousClock.Instant, report: Task<HealthJSON, Never>)?>(nil)

    init(store: FileStore, version: String) {
        self.store = store
        self.version = version
    }

    /// The latest report, or the one being made: callers that ask at the same time share one check.
    func report() async -> HealthJSON {
        let task = last.withLock { last in
            let now = ContinuousClock.now
            if let last, last.at.duration(to: now) < Self.freshness { return last.report }
            let task = Task { await check() }
            last = (now, task)
            return task
        }
        return await task.value
    }

    /// One check. Never fails: an error is a finding, by the half of the store it was in. Damaged bytes are told, but keep
    /// the server from nothing.
    private func check() async -> HealthJSON {
        let (index, bytes) = await store.writability()
        return HealthJSON(
            isHealthy: index == .ok && (bytes == .ok || bytes == .damaged),
            at: .now(),
            version: version,
            index: index.rawValue,
            storage: bytes.rawValue
        )
    }
}
