import API
import HTTP
import Index
import Synchronization

/// Finds the user for whom an API key speaks, from memory while nothing was committed since the key was looked up.
///
/// So a key is never found in memory that was revoked, rotated or whose user was deleted. Unknown keys are not
/// remembered, so guessing cannot fill the memory.
package final class KeyAuthenticator: AgentAuthenticator {
    /// How many keys are remembered. When it is full, the memory is emptied and fills again.
    private static let capacity = 10_000
    /// How far `lastUsedAt` may lag behind, in milliseconds. A write for each request would cost more than the request.
    fileprivate static let touchInterval: Int64 = 60_000

    private struct Known {
        let key: APIKey
        /// For whom it speaks. Each request needs it, and making it takes a microsecond.
        let principal: AgentPrincipal
        /// Of the index, taken before the key was looked up.
        let commitCount: UInt64
        var touchedAt: Int64

        /// Whether the use of the key is to be noted again.
        func isTouchDue(_ now: Timestamp) -> Bool {
            now.milliseconds - touchedAt >= KeyAuthenticator.touchInterval
        }
    }

    private let index: StoreIndex
    /// By the SHA-256 of the key. The keys themselves are not kept.
    private let memory = Mutex<[[UInt8]: Known]>([:])

    package init(index: StoreIndex) {
        self.index = index
    }

    /// Nil for a key that is unknown or has expired, and without asking the index for a text that is no key of ours.
    ///
    /// - Throws: what the index throws.
    nonisolated(nonsending) package func principal(forKey key: String) async throws -> AgentPrincipal? {
        guard let hash = Secret(key, .apiKey)?.hash else { return nil }
        let now = Timestamp.now()
        guard let known = try await known(hash, now) else { return nil }
        if known.isTouchDue(now), takesTouch(hash, now) {
            // That fails on a full disk, where reads must go on, and only the note is lost.
            _ = try? await index.write(for: .upkeep) { tx in try tx.touchAPIKey(id: known.key.id) }
        }
        return known.principal
    }

    package func remembered(_ key: String) -> AgentPrincipal? {
        guard let hash = Secret(key, .apiKey)?.hash else { return nil }
        let now = Timestamp.now()
        let commitCount = index.commitCount
        guard let known = memory.withLock({ $0[hash] }), known.commitCount == commitCount,
            !known.key.hasExpired(at: now), !known.isTouchDue(now)
        else { return nil }
        return known.principal
    }

    nonisolated(nonsending) private func known(_ hash: [UInt8], _ now: Timestamp) async throws -> Known? {
        // Taken before the look-up: a commit in between makes the memory stale, never the answer.
        let commitCount = index.commitCount
        if let known = memory.withLock({ $0[hash] }), known.commitCount == commitCount {
            return known.key.hasExpired(at: now) ? nil : known
        }
        let key = try await index.read { try $0.apiKey(hash: hash, now: now) }
        return memory.withLock { memory in
            let known = key.map { key in
                Known(
                    key: key,
                    principal: AgentPrincipal(key, hash: hash),
                    commitCount: commitCount,
                    touchedAt: memory[hash]?.touchedAt ?? 0
                )
            }
            if known != nil, memory.count >= Self.capacity { memory.removeAll() }
            memory[hash] = known
            return known
        }
    }

    /// Whether this request is the one of several that notes the use of a key.
    private func takesTouch(_ hash: [UInt8], _ now: Timestamp) -> Bool {
        memory.withLock { memory in
            guard memory[hash]?.isTouchDue(now) == true else { return false }
            memory[hash]?.touchedAt = now.milliseconds
            return true
        }
    }
}
