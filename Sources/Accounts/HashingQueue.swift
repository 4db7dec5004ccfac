import Dispatch
import HTTP
import Synchronization

/// Hashes passwords one at a time, on a thread of its own.
///
/// A hash takes 0.2 s and 32 MiB. Many requests at once must not get a processor and memory for each, and handlers run
/// on event loops, which a hash would block.
final class HashingQueue: Sendable {
    /// How many may be here, waiting or at work. The last one waits about four seconds.
    static let capacity = 20
    /// How many of them may be strangers, who sign in on a device that is not known: however many come, there is room for
    /// everybody else.
    static let strangers = 12

    private let queue = DispatchQueue(label: "accounts.hashing")
    private let counts = Mutex((all: 0, strangers: 0))

    /// Runs `work` when its turn comes, and returns what it returns.
    ///
    /// - Parameter admitted: runs first, once there is a place.
    /// - Throws: what `admitted` and `work` throw; ``APIError`` 429 at once when the queue is full, or has its share of
    ///   strangers.
    func run<Value: Sendable>(
        forStranger isStranger: Bool = false,
        admitted: () async throws -> Void = {},
        _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        let isAdmitted = counts.withLock { counts in
            guard counts.all < Self.capacity, !isStranger || counts.strangers < Self.strangers else { return false }
            counts.all += 1
            if isStranger { counts.strangers += 1 }
            return true
        }
        guard isAdmitted else { throw APIError.tooManyRequests(.seconds(4)) }
        defer {
            counts.withLock { counts in
                counts.all -= 1
                if isStranger { counts.strangers -= 1 }
            }
        }
        try await admitted()
        return try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result(catching: work)) }
        }
    }
}
