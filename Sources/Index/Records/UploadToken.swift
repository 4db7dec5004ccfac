import FoundationEssentials

/// The right to store one file in a channel, for whoever has the token, as the key that made it. The table has only the
/// SHA-256 of the token.
package struct UploadToken: Sendable, Equatable, Identifiable {
    package var id: Identifier<UploadToken>
    package var keyID: APIKey.ID
    package var channelID: Agent.ID
    /// What the file is called, unless the address says so.
    package var filename: String?
    /// Nil for what the server takes anyway.
    package var maxBytes: Int?
    package var createdAt: Timestamp
    package var expiresAt: Timestamp

    package init(
        id: Identifier<UploadToken>,
        keyID: APIKey.ID,
        channelID: Agent.ID,
        filename: String?,
        maxBytes: Int?,
        createdAt: Timestamp,
        expiresAt: Timestamp
    ) {
        self.id = id
        self.keyID = keyID
        self.channelID = channelID
        self.filename = filename
        self.maxBytes = maxBytes
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }
}

extension UploadToken: StoredRecord {
    static let columns = Columns<UploadToken>(
        of: "upload_tokens",
        [
            ("id", { $0.id }),
            ("key_id", { $0.keyID }),
            ("channel_id", { $0.channelID }),
            ("filename", { $0.filename }),
            ("max_bytes", { $0.maxBytes }),
            ("created_at", { $0.createdAt }),
            ("expires_at", { $0.expiresAt }),
        ]
    )

    init(row: inout Row) {
        id = row.next()
        keyID = row.next()
        channelID = row.next()
        filename = row.next()
        maxBytes = row.next()
        createdAt = row.next()
        expiresAt = row.next()
    }
}

/// A token with the key as which it acts.
package struct GrantedUpload: Sendable, RowReadable {
    package let token: UploadToken
    package let userID: User.ID
    /// The SHA-256 of the key's secret.
    package let keyHash: [UInt8]

    static let columns = "\(UploadToken.columns), api_keys.user_id, api_keys.key_hash"

    init(row: inout Row) {
        token = UploadToken(row: &row)
        userID = row.next()
        let hash: Data = row.next()
        keyHash = Array(hash)
    }
}
