import API
import Index
import Store
import Synchronization

/// Tries both halves of the store with a real, durable write, at most once a second however often it is asked.
///
/// A mere answer would prove little: a server with a full or read-only disk still answers, but can store nothing.
final class Health: Sendable {
    /// How old a report may be while a check is under way that waits for its turn at the disk. So nobody who asks waits
    /// with it.
    private static let patience = Duration.seconds(5)

    private struct State {
        /// A task that has ended.
        var last: (report: Task<HealthJSON, Never>, at: ContinuousClock.Instant)?
        /// The check under way: callers that have to wait share it.
        var check: Task<HealthJSON, Never>?
    }

    private let store: FileStore
    private let version: String
    private let freshness: Duration
    private let state = Mutex(State())

    /// - Parameter freshness: how long a report is reused without a new check. Any caller may ask, without a key, and each
    ///   check costs flushes of the disk.
    init(store: FileStore, version: String, freshness: Duration = .seconds(1)) {
        self.store = store
        self.version = version
        self.freshness = freshness
    }

    /// A report of the last moment, or a new one.
    func report() async -> HealthJSON {
        let task = state.withLock { state -> Task<HealthJSON, Never> in
            let age = state.last.map { $0.at.duration(to: .now) } ?? .seconds(Int64.max)
            if let last = state.last, age < freshness { return last.report }
            let check = state.check ?? Task { await newReport() }
            state.check = check
            if let last = state.last, age < Self.patience { return last.report }
            return check
        }
        return await task.value
    }

    private func newReport() async -> HealthJSON {
        let report = await check()
        state.withLock { state in
            state.last = state.check.map { ($0, .now) }
            state.check = nil
        }
        return report
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
