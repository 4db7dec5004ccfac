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

    private let queue = DispatchQueue(label: "accounts.hashing")
    private let count = Mutex(0)

    /// Runs `work` when its turn comes, and returns what it returns.
    ///
    /// - Throws: what `work` throws; ``APIError`` 429 at once when the queue is full.
    func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        let isAdmitted = count.withLock { count in
            guard count < Self.capacity else { return false }
            count += 1
            return true
        }
        guard isAdmitted else { throw APIError.tooManyRequests(.seconds(4)) }
        defer { count.withLock { $0 -= 1 } }
        return try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result(catching: work)) }
        }
    }
}
