import Dispatch
import HTTP
import Synchronization

/// Does the slow work of passwords one at a time on a thread of its own: a hash takes 0.2 s and 32 MiB, so that who asks
/// for many of them at once must not get a processor and memory for each. Handlers run on event loops, which it would block.
final class HashingQueue: Sendable {
    /// How many may wait; the last of them about four seconds.
    static let capacity = 20

    private let queue = DispatchQueue(label: "accounts.hashing")
    private let count = Mutex(0)

    /// What `work` returns, when its turn has come.
    ///
    /// - Throws: what `work` throws; ``APIError`` 429 at once when too many are waiting.
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
