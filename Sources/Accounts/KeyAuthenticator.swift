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
    private static let touchInterval: Int64 = 60_000

    private struct Known {
        let key: APIKey
        /// Of the index, taken before the key was looked up.
        let commitCount: UInt64
        var touchedAt: Int64
    }

    private let index: SQLiteIndex
    /// By the SHA-256 of the key. The keys themselves are not kept.
    private let memory = Mutex<[[UInt8]: Known]>([:])

    package init(index: SQLiteIndex) {
        self.index = index
    }

    /// Nil for a key that is unknown or has expired, and without asking the index for a text that is no key of ours.
    ///
    /// - Throws: what the index throws.
    nonisolated(nonsending) package func principal(forKey key: String) async throws -> AgentPrincipal? {
        guard let hash = Secret(key, .apiKey)?.hash else { return nil }
        let now = Timestamp.now()
        guard let key = try await self.key(hash, now) else { return nil }
        if isTouchDue(hash, now) {
            // That fails on a full disk, where reads must go on, and only the note is lost.
            _ = try? await index.write(for: .upkeep) { tx in try tx.touchAPIKey(id: key.id) }
        }
        return AgentPrincipal(key, hash: hash)
    }

    nonisolated(nonsending) private func key(_ hash: [UInt8], _ now: Timestamp) async throws -> APIKey? {
        // Taken before the look-up: a commit in between makes the memory stale, never the answer.
        let commitCount = index.commitCount
        if let known = memory.withLock({ $0[hash] }), known.commitCount == commitCount {
            return known.key.hasExpired(at: now) ? nil : known.key
        }
        let key = try await index.read { try $0.apiKey(hash: hash, now: now) }
        memory.withLock { memory in
            guard let key else { return memory[hash] = nil }
            let touchedAt = memory[hash]?.touchedAt ?? 0
            if memory.count >= Self.capacity { memory.removeAll() }
            memory[hash] = Known(key: key, commitCount: commitCount, touchedAt: touchedAt)
        }
        return key
    }

    /// Whether the use of a key is to be noted again. Notes that it is, so only one of several requests does it.
    private func isTouchDue(_ hash: [UInt8], _ now: Timestamp) -> Bool {
        memory.withLock { memory in
            guard let known = memory[hash], now.milliseconds - known.touchedAt >= Self.touchInterval else {
                return false
            }
            memory[hash]?.touchedAt = now.milliseconds
            return true
        }
    }
}
