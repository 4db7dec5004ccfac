import API
import HTTP
import Index
import Synchronization

/// Finds whom an API key speaks for, from memory when it was asked for before.
///
/// A revoked key dies at once: revoking goes through ``forget(keyID:)``, and this process is the only one that has the
/// index open (invariant 5). Unknown keys are not remembered, so guessing cannot fill the memory.
package final class KeyAuthenticator: AgentAuthenticator {
    /// How many keys are remembered; beyond that the memory is emptied and fills again.
    private static let capacity = 10_000
    /// How stale `lastUsedAt` may be, in milliseconds: a write per request would cost more than the request.
    private static let touchInterval: Int64 = 60_000

    private struct Known {
        let principal: AgentPrincipal
        var touchedAt: Int64
    }

    private struct Memory {
        var keys: [[UInt8]: Known] = [:]
        /// Counts the revocations: a look-up that one overtook must not be remembered.
        var revocations = 0
    }

    private let index: SQLiteIndex
    private let memory = Mutex(Memory())

    package init(index: SQLiteIndex) {
        self.index = index
    }

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

    /// Ends a key's life in memory; call after its row is gone.
    func forget(keyID: APIKey.ID) {
        memory.withLock { memory in
            memory.revocations += 1
            memory.keys = memory.keys.filter { $0.value.principal.keyID != keyID }
        }
    }

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

    /// Notes the use. On a full disk this fails, and reads must go on: the note is all that is lost.
    private func touch(_ keyID: APIKey.ID) async {
        _ = try? await index.write { tx in try tx.touchAPIKey(id: keyID) }
    }
}
