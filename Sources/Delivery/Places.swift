import Synchronization

/// How many requests each channel has in flight.
final class Places: Sendable {
    private let perChannel: Int
    private let inAll: Int
    private let taken = Mutex<[String: Int]>([:])

    init(perChannel: Int, inAll: Int = .max) {
        self.perChannel = perChannel
        self.inAll = inAll
    }

    /// The channels that have no place left.
    var busy: Set<String> {
        taken.withLock { taken in Set(taken.filter { $0.value >= perChannel }.keys) }
    }

    func take(_ channel: String) {
        taken.withLock { $0[channel, default: 0] += 1 }
    }

    /// Takes a place if the channel has one left, and so have all together; false otherwise.
    func takeIfFree(_ channel: String) -> Bool {
        taken.withLock { taken in
            guard taken[channel, default: 0] < perChannel, taken.values.reduce(0, +) < inAll else { return false }
            taken[channel, default: 0] += 1
            return true
        }
    }

    func leave(_ channel: String) {
        taken.withLock { taken in
            guard let count = taken[channel] else { return }
            taken[channel] = count > 1 ? count - 1 : nil
        }
    }
}
