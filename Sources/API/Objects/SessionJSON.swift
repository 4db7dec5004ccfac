import Index

/// One of the caller's sessions (`Session` in docs/api.md). The token is never shown.
package struct SessionJSON: Encodable, Sendable {
    let id: Session.ID
    @OrNull var userAgent: String?
    let createdAt: Timestamp
    let lastUsedAt: Timestamp
    let expiresAt: Timestamp
    /// Whether the request came in this session.
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
