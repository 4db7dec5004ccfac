import Synchronization

/// How many attempts each channel has in flight.
final class Places: Sendable {
    private let perChannel: Int
    private let taken = Mutex<[String: Int]>([:])

    init(perChannel: Int) {
        self.perChannel = perChannel
    }

    /// The channels that have no place left.
    var busy: Set<String> {
        taken.withLock { taken in Set(taken.filter { $0.value >= perChannel }.keys) }
    }

    func take(_ channel: String) {
        taken.withLock { $0[channel, default: 0] += 1 }
    }

    func leave(_ channel: String) {
        taken.withLock { taken in
            guard let count = taken[channel] else { return }
            taken[channel] = count > 1 ? count - 1 : nil
        }
    }
}
