import Dispatch
import Synchronization

@testable import Index

/// Holds the writer inside one unit until `release` is called, so that the test decides what queues behind it.
final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    private let isEntered = Mutex(false)

    func block() {
        isEntered.withLock { $0 = true }
        semaphore.wait()
    }

    func entered() async {
        while !isEntered.withLock({ $0 }) { await Task.yield() }
    }

    func release() { semaphore.signal() }
}

extension StoreIndex {
    /// Runs `units` as exactly one group, behind a unit that waits; answers their results in order.
    func asOneGroup<T: Sendable>(
        _ units: [@Sendable (Transaction) throws -> T]
    ) async throws -> [Result<T, any Error>] {
        let gate = Gate()
        async let blocker: Void = write { _ in gate.block() }
        await gate.entered()
        let tasks = units.map { unit in
            Task { () async -> Result<T, any Error> in
                do { return .success(try await write(unit)) } catch { return .failure(error) }
            }
        }
        while commits.waitingCount < units.count { await Task.yield() }
        gate.release()
        try await blocker
        var results: [Result<T, any Error>] = []
        for task in tasks { results.append(await task.value) }
        return results
    }
}
