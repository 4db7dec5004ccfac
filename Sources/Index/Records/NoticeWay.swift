import FoundationEssentials

/// Where a user hears of messages while the dashboard is closed.
package struct NoticeWay: Sendable, Equatable, Identifiable {
    package enum Kind: String, Sendable, CaseIterable, Storable {
        /// A browser, by its push service (RFC 8030).
        case push
        case ntfy
        /// The address with which the user signs in.
        case email
    }

    /// What encrypts for a browser (RFC 8291).
    package struct Keys: Sendable, Equatable {
        /// The browser's public key: a point of P-256, uncompressed.
        package var p256dh: Data
        package var auth: Data

        package init(p256dh: Data, auth: Data) {
            (self.p256dh, self.auth) = (p256dh, auth)
        }
    }

    /// How many browsers a user may have.
    package static let mostSubscriptions = 20

    package var id: Identifier<NoticeWay>
    package var userID: User.ID
    package var kind: Kind
    /// The endpoint of the subscription, or the topic; nil for mail.
    package var url: String?
    package var keys: Keys?
    /// Lets the server publish to the topic.
    package var token: String?
    /// What the user recognizes the browser by.
    package var name: String?
    /// In which the browser subscribed. When somebody ends it, the browser hears nothing more.
    package var sessionID: Session.ID?
    package var createdAt: Timestamp
    /// When something was last told there.
    package var lastUsedAt: Timestamp?

    package init(
        id: Identifier<NoticeWay> = .make(),
        userID: User.ID,
        kind: Kind,
        url: String? = nil,
        keys: Keys? = nil,
        token: String? = nil,
        name: String? = nil,
        sessionID: Session.ID? = nil,
        createdAt: Timestamp
    ) {
        self.id = id
        self.userID = userID
        self.kind = kind
        self.url = url
        self.keys = keys
        self.token = token
        self.name = name
        self.sessionID = sessionID
        self.createdAt = createdAt
    }
}

extension NoticeWay: StoredRecord {
    static let columns = Columns<NoticeWay>(
        of: "notice_ways",
        [
            ("id", { $0.id }),
            ("user_id", { $0.userID }),
            ("kind", { $0.kind }),
            ("url", { $0.url }),
            ("p256dh", { $0.keys?.p256dh }),
            ("auth", { $0.keys?.auth }),
            ("token", { $0.token }),
            ("name", { $0.name }),
            ("session_id", { $0.sessionID }),
            ("created_at", { $0.createdAt }),
            ("last_used_at", { $0.lastUsedAt }),
        ]
    )

    init(row: inout Row) {
        id = row.next()
        userID = row.next()
        kind = row.next()
        url = row.next()
        let (p256dh, auth): (Data?, Data?) = (row.next(), row.next())
        if let p256dh, let auth { keys = Keys(p256dh: p256dh, auth: auth) }
        token = row.next()
        name = row.next()
        sessionID = row.next()
        createdAt = row.next()
        lastUsedAt = row.next()
    }
}
