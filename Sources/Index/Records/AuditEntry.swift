/// One line of the audit log: who did what to which thing, when and from where. It names things by their ids, and has
/// nothing of their content.
package struct AuditEntry: Sendable, Equatable, Identifiable {
    /// What is noted. Names on the wire are what they are here.
    package enum Action: String, Sendable, CaseIterable, Storable {
        case signedIn = "session.opened"
        case sessionEnded = "session.ended"
        case passwordChanged = "password.changed"
        /// A wrong one was given, to sign in or when it was asked for again.
        case passwordRefused = "password.refused"
        case keyCreated = "key.created"
        case keyRotated = "key.rotated"
        case keyChanged = "key.changed"
        case keyRevoked = "key.revoked"
        case userCreated = "user.created"
        case userChanged = "user.changed"
        case userDeleted = "user.deleted"
        case settingsChanged = "settings.changed"
        case channelCreated = "channel.created"
        case channelChanged = "channel.changed"
        case channelDeleted = "channel.deleted"
        case messageDeleted = "message.deleted"
        case reviewAnswered = "review.answered"
        case fileUploaded = "file.uploaded"
        case fileDeleted = "file.deleted"
        /// Its bytes were sent to be shown.
        case fileOpened = "file.opened"
        /// Its bytes were sent to be kept.
        case fileDownloaded = "file.downloaded"
        case uploadAddressMade = "upload-address.made"
        case linkMade = "link.made"
        case linkEnded = "link.ended"
        case collected = "collection.run"
        case collectionUndone = "collection.undone"
        /// `placet fsck --repair` has begun.
        case repairsBegun = "repairs.begun"
        case logLevelChanged = "log-level.changed"
    }

    /// Grows with every entry; nil until it is stored.
    var number: Int64?
    package let at: Timestamp
    package let action: Action
    package let origin: Origin
    package let channelID: Agent.ID?
    /// The id of the file, message, key, session, user or run; of settings the plugin or `notifications`; the log level.
    package let subject: String?
    /// Of how many things, where they have one entry together.
    package let count: Int?

    package var id: Identifier<AuditEntry> { Identifier(rawValue: number.map { "\($0)" } ?? "") }

    package init(
        _ action: Action,
        _ subject: String? = nil,
        in channelID: Agent.ID? = nil,
        count: Int? = nil,
        by origin: Origin,
        at: Timestamp
    ) {
        (self.action, self.subject, self.channelID, self.count) = (action, subject, channelID, count)
        (self.origin, self.at) = (origin, at)
    }
}

extension AuditEntry: StoredRecord {
    /// To whom an entry counts: the user who acted, else the channel of a link, else the way in.
    static let holder = "coalesce(audit.user_id, audit.channel_id, audit.way)"
    static let columns = Columns<AuditEntry>(
        of: "audit",
        [
            ("number", { $0.number }),
            ("at", { $0.at }),
            ("action", { $0.action }),
            ("way", { $0.origin.way }),
            ("user_id", { $0.origin.userID }),
            ("credential", { $0.origin.credential }),
            ("address", { $0.origin.address }),
            ("request_id", { $0.origin.requestID }),
            ("channel_id", { $0.channelID }),
            ("subject", { $0.subject }),
            ("count", { $0.count }),
        ]
    )

    init(row: inout Row) {
        number = row.next()
        at = row.next()
        action = row.next()
        origin = Origin(
            row.next(),
            userID: row.next(),
            credential: row.next(),
            address: row.next(),
            requestID: row.next()
        )
        channelID = row.next()
        subject = row.next()
        count = row.next()
    }
}
