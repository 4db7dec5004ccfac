import Synchronization

/// A few places for work, given out in turn: the keys that wait take turns, and within a key whoever came first is
/// first. So however much one key asks for, another waits for one piece of it at most.
package final class Turns<Key: Hashable & Sendable>: Sendable {
    private struct Waiter {
        let id: Int
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var taken: [Key: Int] = [:]
        var free: Int
        var waiting: [Key: [Waiter]] = [:]
        /// The keys that wait, the next first.
        var order: [Key] = []
        var lastID = 0
    }

    private let perKey: Int
    private let waitingPerKey: Int
    private let state: Mutex<State>

    /// - Parameters:
    ///   - perKey: how many of the places one key may have at a time.
    ///   - waitingPerKey: how many may wait for a key; more are refused.
    package init(places: Int, perKey: Int, waitingPerKey: Int) {
        self.perKey = perKey
        self.waitingPerKey = waitingPerKey
        state = Mutex(State(free: places))
    }

    /// Runs `work` in a place, once it is its turn.
    ///
    /// - Throws: ``APIError`` 429 when too many wait for that key, `CancellationError` when the task is cancelled while
    ///   it waits, and what `work` throws.
    package func run<Value>(_ key: Key, _ work: () async throws -> Value) async throws -> Value {
        try await enter(key)
        defer { leave(key) }
        return try await work()
    }

    /// How many wait for a key.
    func waitingCount(_ key: Key) -> Int { state.withLock { $0.waiting[key]?.count ?? 0 } }

    private func enter(_ key: Key) async throws {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let outcome = state.withLock { wait(Waiter(id: id, continuation: continuation), key, &$0) }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            state.withLock { Self.remove(id, key, &$0) }?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Nil when the caller has to wait.
    private func wait(_ waiter: Waiter, _ key: Key, _ state: inout State) -> Result<Void, any Error>? {
        // Under the lock, so that a cancellation either is seen here or finds the waiter.
        if Task.isCancelled { return .failure(CancellationError()) }
        if state.free > 0, state.taken[key, default: 0] < perKey {
            take(key, &state)
            return .success(())
        }
        guard state.waiting[key, default: []].count < waitingPerKey else {
            return .failure(APIError.tooManyRequests(.seconds(1)))
        }
        if state.waiting[key] == nil { state.order.append(key) }
        state.waiting[key, default: []].append(waiter)
        return nil
    }

    private func take(_ key: Key, _ state: inout State) {
        state.free -= 1
        state.taken[key, default: 0] += 1
    }

    private func leave(_ key: Key) {
        let next = state.withLock { state in
            state.free += 1
            let count = state.taken[key, default: 1] - 1
            state.taken[key] = count == 0 ? nil : count
            return handOver(&state)
        }
        next?.continuation.resume()
    }

    /// Gives the free place to whose turn it is; nil when nobody may have it.
    private func handOver(_ state: inout State) -> Waiter? {
        guard let key = state.order.first(where: { state.taken[$0, default: 0] < perKey }),
            let waiter = state.waiting[key]?.first
        else { return nil }
        _ = Self.remove(waiter.id, key, &state)
        if state.waiting[key] != nil {
            // Behind the others.
            state.order.removeAll { $0 == key }
            state.order.append(key)
        }
        take(key, &state)
        return waiter
    }

    private static func remove(_ id: Int, _ key: Key, _ state: inout State) -> Waiter? {
        guard let place = state.waiting[key]?.firstIndex(where: { $0.id == id }) else { return nil }
        let waiter = state.waiting[key]?.remove(at: place)
        if state.waiting[key]?.isEmpty == true {
            state.waiting[key] = nil
            state.order.removeAll { $0 == key }
        }
        return waiter
    }
}
