import API
import HTTP
import Index

/// Finds who is signed in by a token. Asks the index every time, which takes microseconds: a session that was ended is
/// dead at once.
package struct SessionAuthenticator: UserAuthenticator {
    /// How stale `lastUsedAt` may be, in milliseconds: a write per request would cost more than the request.
    private static let touchInterval: Int64 = 60_000

    private let index: SQLiteIndex

    package init(index: SQLiteIndex) {
        self.index = index
    }

    package func principal(forToken token: String) async throws -> UserPrincipal? {
        guard let hash = Secret(token, .session)?.hash else { return nil }
        let now = Timestamp.now()
        guard let (session, user) = try await index.read({ try $0.session(hash: hash, now: now) }) else { return nil }
        if now.milliseconds - session.lastUsedAt.milliseconds >= Self.touchInterval {
            // On a full disk this fails, and reads must go on: the note is all that is lost.
            _ = try? await index.write { tx in try tx.touchSession(id: session.id) }
        }
        return UserPrincipal(session, of: user)
    }
}
