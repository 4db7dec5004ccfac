import API
import Index
import Store
import Synchronization

/// Tries both halves of the store with a real durable write, about once a second however often it is asked.
final class Health: Sendable {
    /// Anybody may ask, and each check costs flushes: answers are kept for this long.
    private static let freshness = Duration.seconds(1)

    private let store: FileStore
    private let version: String
    private let last = Mutex<(at: ContinuousClock.Instant, report: Task<HealthJSON, Never>)?>(nil)

    init(store: FileStore, version: String) {
        self.store = store
        self.version = version
    }

    /// The latest report, or the one being made: many who ask at once share one check.
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

    private func check() async -> HealthJSON {
        let (index, bytes) = await store.writability()
        return HealthJSON(
            isHealthy: index == .ok && bytes == .ok,
            at: .now(),
            version: version,
            index: index.rawValue,
            storage: bytes.rawValue
        )
    }
}
