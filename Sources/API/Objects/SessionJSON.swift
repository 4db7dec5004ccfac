import Index

/// A session of the caller's (`Session` in docs/api.md).
package struct SessionJSON: Encodable, Sendable {
    let id: Session.ID
    @OrNull var userAgent: String?
    let createdAt: Timestamp
    let lastUsedAt: Timestamp
    let expiresAt: Timestamp
    /// Whether it is the one that asks.
    let current: Bool

    package init(_ session: Session, isCurrent: Bool) {
        id = session.id
        userAgent = session.userAgent
        createdAt = session.createdAt
        lastUsedAt = session.lastUsedAt
        expiresAt = session.expiresAt
        current = isCurrent
    }
}
