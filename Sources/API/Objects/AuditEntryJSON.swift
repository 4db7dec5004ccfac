import Index

/// A line of the audit log (`AuditEntry` in docs/api.md).
package struct AuditEntryJSON: Encodable, Sendable {
    let id: Identifier<AuditEntry>
    let at: Timestamp
    let action: String
    let via: String
    @OrNull var userId: User.ID?
    @OrNull var userEmail: String?
    @OrNull var credentialId: String?
    @OrNull var channelId: Agent.ID?
    @OrNull var subject: String?
    @OrNull var count: Int?
    @OrNull var address: String?
    @OrNull var requestId: String?

    package init(_ row: AuditRow) {
        let (entry, origin) = (row.entry, row.entry.origin)
        (id, at, action, via) = (entry.id, entry.at, entry.action.rawValue, origin.way.rawValue)
        userId = origin.userID
        userEmail = row.email
        credentialId = origin.credential
        channelId = entry.channelID
        subject = entry.subject
        count = entry.count
        address = origin.address
        requestId = origin.requestID
    }
}
