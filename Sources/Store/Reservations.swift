import Synchronization

/// The bytes of the uploads under way. They are spoken for, so that of two uploads that do not both fit one is refused
/// early. Whether a file may be stored is decided by its transaction (invariant 8).
final class Reservations: Sendable {
    /// Names what one upload has reserved.
    typealias ID = Int

    private struct State {
        var sums: [QuotaHolder: Int] = [:]
        var held: [ID: [QuotaHolder: Int]] = [:]
        var last: ID = 0
    }

    private let state = Mutex(State())

    /// Of all uploads.
    var all: Int { state.withLock { $0.sums[.all] ?? 0 } }

    func makeID() -> ID {
        state.withLock { state in
            state.last += 1
            return state.last
        }
    }

    /// Raises what an upload has in each room to `total`, or in none when that does not fit; then says why.
    func raise(_ id: ID, to total: Int, in rooms: [QuotaRoom]) -> QuotaRefusal? {
        state.withLock { state in
            let held = state.held[id] ?? [:]
            for room in rooms {
                let others = (state.sums[room.holder] ?? 0) - (held[room.holder] ?? 0)
                if let refusal = room.refusal(of: total, beside: others) { return refusal }
            }
            for room in rooms {
                state.sums[room.holder, default: 0] += total - (held[room.holder] ?? 0)
                state.held[id, default: [:]][room.holder] = total
            }
            return nil
        }
    }

    /// Gives back what an upload has, if anything.
    func release(_ id: ID) {
        state.withLock { state in
            for (holder, count) in state.held.removeValue(forKey: id) ?? [:] {
                let rest = (state.sums[holder] ?? 0) - count
                state.sums[holder] = rest == 0 ? nil : rest
            }
        }
    }
}
