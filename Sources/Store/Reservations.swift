import Synchronization

/// The bytes of the uploads under way. They are spoken for, so that of two uploads that do not both fit one is refused
/// early. Whether a file may be stored is decided by its transaction (invariant 8).
final class Reservations: Sendable {
    /// Names what one upload has reserved.
    typealias ID = Int

    /// How much of a body may count for the quota of all before it comes. Else one user could take it from all others
    /// by announcements.
    static let ahead = 8 << 20

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

    /// Raises what an upload has in each room to `total`, or in none when that does not fit; then says why. For the
    /// quota of all it has what was received and a little ahead.
    func raise(_ id: ID, to total: Int, received: Int, in rooms: [QuotaRoom]) -> QuotaRefusal? {
        func share(of room: QuotaRoom) -> Int { room.holder == .all ? min(total, received + Self.ahead) : total }
        return state.withLock { state in
            let held = state.held[id] ?? [:]
            for room in rooms {
                let others = (state.sums[room.holder] ?? 0) - (held[room.holder] ?? 0)
                let refusal = room.refusal(of: share(of: room), beside: others) ?? room.refusal(of: total, beside: 0)
                if let refusal { return refusal }
            }
            for room in rooms {
                state.sums[room.holder, default: 0] += share(of: room) - (held[room.holder] ?? 0)
                state.held[id, default: [:]][room.holder] = share(of: room)
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
