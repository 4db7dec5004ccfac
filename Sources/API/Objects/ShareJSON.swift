import Index

/// A link to a file, without the token that nobody is told twice.
package struct ShareJSON: Encodable, Sendable {
    let id: Share.ID
    let createdAt: Timestamp
    let expiresAt: Timestamp

    package init(_ share: Share) {
        id = share.id
        createdAt = share.createdAt
        expiresAt = share.expiresAt
    }
}

/// A new link to a file.
package struct ShareLinkJSON: Encodable, Sendable {
    let url: String
    /// In seconds.
    let expiresIn: Int

    package init(url: String, expiresIn: Int) {
        self.url = url
        self.expiresIn = expiresIn
    }
}
