import Dispatch
import Synchronization

/// Wakes those who wait for a topic. A ring only says that something is new; the waiter then looks for itself.
///
/// A waiter registers before it looks for the first time, so no change can fall between looking and parking. It costs
/// an entry in three tables, but no task and no timer: one timer serves all (see `Deadlines`).
final class Doorbells: Sendable {
    enum Call: Sendable { case rung, timeIsUp, cancelled, closed }

    private enum Entry {
        case looking
        /// Called while it was looking, so it will not park.
        case called(Call)
        case parked(CheckedContinuation<Call, Never>)
    }

    private struct State {
        var entries: [Waiter: Entry] = [:]
        var byTopic: [Topic: Set<Waiter>] = [:]
        var deadlines = Deadlines()
        var lastID: UInt64 = 0
        var isClosed = false
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "index.doorbells")

    func register(_ topics: [Topic], until deadline: ContinuousClock.Instant) -> Waiter {
        let (waiter, timer) = state.withLock { state in
            state.lastID += 1
            let waiter = Waiter(deadline: deadline, id: state.lastID)
            state.entries[waiter] = state.isClosed ? .called(.closed) : .looking
            for topic in topics { state.byTopic[topic, default: []].insert(waiter) }
            return (waiter, state.deadlines.insert(waiter, now: .now))
        }
        setTimer(timer)
        return waiter
    }

    func unregister(_ waiter: Waiter, _ topics: [Topic]) {
        state.withLock { state in
            state.entries[waiter] = nil
            for topic in topics {
                state.byTopic[topic]?.remove(waiter)
                if state.byTopic[topic]?.isEmpty == true { state.byTopic[topic] = nil }
            }
            state.deadlines.remove(waiter)
        }
    }

    /// Parks until a call comes. Returns at once if one has come since the last time.
    func wait(_ waiter: Waiter) async -> Call {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let call: Call? = state.withLock { state in
                    guard case .called(let call) = state.entries[waiter] else {
                        state.entries[waiter] = .parked(continuation)
                        return nil
                    }
                    state.entries[waiter] = .looking
                    return call
                }
                if let call { continuation.resume(returning: call) }
            }
        } onCancel: {
            cancel(waiter)
        }
    }

    func cancel(_ waiter: Waiter) {
        call(.cancelled) { _ in [waiter] }
    }

    func ring(_ topics: Set<Topic>) {
        call(.rung) { state in topics.flatMap { state.byTopic[$0] ?? [] } }
    }

    func ringAll() {
        call(.rung) { Array($0.entries.keys) }
    }

    func close() {
        call(.closed) { state in
            state.isClosed = true
            return Array(state.entries.keys)
        }
    }

    /// How many waiters there are, and the sizes of the other tables: for tests that nothing is left behind.
    var counts: [Int] {
        state.withLock { [$0.entries.count, $0.byTopic.count, $0.deadlines.count] }
    }

    private func call(_ call: Call, _ whom: (inout State) -> [Waiter]) {
        let parked = state.withLock { state in
            whom(&state).compactMap { waiter -> CheckedContinuation<Call, Never>? in
                switch state.entries[waiter] {
                case .parked(let continuation):
                    state.entries[waiter] = .looking
                    return continuation
                case .looking, .called(.rung): state.entries[waiter] = .called(call)
                case .called, nil: break
                }
                return nil
            }
        }
        for continuation in parked { continuation.resume(returning: call) }
    }

    private func setTimer(_ moment: ContinuousClock.Instant?) {
        guard let moment else { return }
        let (seconds, attoseconds) = max(.zero, moment - .now).components
        let interval = DispatchTimeInterval.nanoseconds(Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000))
        queue.asyncAfter(deadline: .now() + interval) { [weak self] in self?.timerFired(moment) }
    }

    private func timerFired(_ moment: ContinuousClock.Instant) {
        var next: ContinuousClock.Instant?
        call(.timeIsUp) { state in
            let (due, timer) = state.deadlines.timerFired(setFor: moment, now: .now)
            next = timer
            return due
        }
        setTimer(next)
    }
}
