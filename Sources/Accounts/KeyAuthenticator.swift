import API
import HTTP
import Index
import Synchronization

/// Finds the user for whom an API key speaks, from memory if the key was used before.
///
/// A revoked key is dead at once: revoking goes through ``forget(keyID:)``, and no other process has the index open
/// (invariant 5). Unknown keys are not remembered, so guessing cannot fill the memory.
package final class KeyAuthenticator: AgentAuthenticator {
    /// How many keys are remembered. When it is full, the memory is emptied and fills again.
    private static let capacity = 10_000
    /// How far `lastUsedAt` may lag behind, in milliseconds. A write for each request would cost more than the request.
    private static let touchInterval: Int64 = 60_000

    private struct Known {
        let principal: AgentPrincipal
        var touchedAt: Int64
    }

    private struct Memory {
        /// By the SHA-256 of the key. The keys themselves are not kept.
        var keys: [[UInt8]: Known] = [:]
        /// Counts revocations. What was looked up before one must not be remembered after it.
        var revocations = 0
    }

    private let index: SQLiteIndex
    private let memory = Mutex(Memory())

    package init(index: SQLiteIndex) {
        self.index = index
    }

    /// Nil for an unknown key, and without asking the index for a text that is no key of ours.
    ///
    /// - Throws: what the index throws.
    package func principal(forKey key: String) async throws -> AgentPrincipal? {
        guard let hash = Secret(key, .apiKey)?.hash else { return nil }
        let now = Timestamp.now().milliseconds
        if let (principal, isStale) = recall(hash, now: now) {
            if isStale { await touch(principal.keyID) }
            return principal
        }
        let revocations = memory.withLock { $0.revocations }
        guard let key = try await index.read({ try $0.apiKey(hash: hash) }) else { return nil }
        let principal = AgentPrincipal(key)
        await touch(key.id)
        remember(hash, Known(principal: principal, touchedAt: now), unlessRevokedSince: revocations)
        return principal
    }

    /// Removes a key from memory. Call it when the row is gone, or a request in between brings the key back.
    func forget(keyID: APIKey.ID) {
        memory.withLock { memory in
            memory.revocations += 1
            memory.keys = memory.keys.filter { $0.value.principal.keyID != keyID }
        }
    }

    /// What is remembered of a key, and whether its use is to be noted again.
    private func recall(_ hash: [UInt8], now: Int64) -> (AgentPrincipal, isStale: Bool)? {
        memory.withLock { memory in
            guard let entry = memory.keys[hash] else { return nil }
            let isStale = now - entry.touchedAt >= Self.touchInterval
            if isStale { memory.keys[hash]?.touchedAt = now }
            return (entry.principal, isStale)
        }
    }

    private func remember(_ hash: [UInt8], _ known: Known, unlessRevokedSince revocations: Int) {
        memory.withLock { memory in
            guard memory.revocations == revocations else { return }
            if memory.keys.count >= Self.capacity { memory.keys.removeAll() }
            memory.keys[hash] = known
        }
    }

    /// Notes the use. That fails on a full disk, where reads must go on, and only the note is lost.
    private func touch(_ keyID: APIKey.ID) async {
        _ = try? await index.write(for: .upkeep) { tx in try tx.touchAPIKey(id: keyID) }
    }
}
