import Synchronization

/// Limits how many of something may run at the same time, for each key and in all.
package final class Places<Key: Hashable & Sendable>: Sendable {
    private let perKey: Int
    private let inAll: Int
    private let taken = Mutex<[Key: Int]>([:])

    package init(perKey: Int, inAll: Int = .max) {
        self.perKey = perKey
        self.inAll = inAll
    }

    private func leave(_ key: Key) {
        taken.withLock { taken in
            guard let count = taken[key] else { return }
            taken[key] = count > 1 ? count - 1 : nil
        }
    }

    /// Takes a place, if the key and the total both have one left. It is free again when nobody holds the value any
    /// more.
    ///
    /// - Throws: ``APIError`` 429 that tells the client to come again after `pause`.
    package func place(_ key: Key, orAfter pause: Duration) throws(APIError) -> Place {
        let isFree = taken.withLock { taken in
            guard taken[key, default: 0] < perKey, taken.values.reduce(0, +) < inAll else { return false }
            taken[key, default: 0] += 1
            return true
        }
        guard isFree else { throw .tooManyRequests(pause) }
        return Place { [self] in leave(key) }
    }
}

/// A place that stays taken for as long as somebody holds this value.
package final class Place: Sendable {
    private let leave: @Sendable () -> Void

    fileprivate init(leave: @escaping @Sendable () -> Void) {
        self.leave = leave
    }

    deinit { leave() }
}
