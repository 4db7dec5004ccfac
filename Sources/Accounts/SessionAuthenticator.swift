import API
import HTTP
import Index

/// Finds the user for whom a session's token speaks. It asks the index every time, which takes microseconds, so an
/// ended session is dead at once.
package struct SessionAuthenticator: UserAuthenticator {
    /// How far `lastUsedAt` may lag behind, in milliseconds. A write for each request would cost more than the request.
    private static let touchInterval: Int64 = 60_000

    private let index: StoreIndex

    package init(index: StoreIndex) {
        self.index = index
    }

    /// Nil for a token that is unknown or has expired, and without asking the index for a text that is no token of
    /// ours.
    ///
    /// - Throws: what the index throws.
    package func principal(forToken token: String) async throws -> UserPrincipal? {
        guard let hash = Secret(token, .session)?.hash else { return nil }
        let now = Timestamp.now()
        guard let (session, user) = try await index.read({ try $0.session(hash: hash, now: now) }) else { return nil }
        if now.milliseconds - session.lastUsedAt.milliseconds >= Self.touchInterval {
            // That fails on a full disk, where reads must go on, and only the note is lost.
            _ = try? await index.write(for: .upkeep) { tx in try tx.touchSession(id: session.id) }
        }
        return UserPrincipal(session, of: user)
    }
}
