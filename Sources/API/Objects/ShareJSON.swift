import Index

/// A link to a file, without its token: that was shown once, when the link was made.
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

/// A new link to a file, with the token in its URL.
package struct ShareLinkJSON: Encodable, Sendable {
    let url: String
    /// In seconds.
    let expiresIn: Int

    package init(url: String, expiresIn: Int) {
        self.url = url
        self.expiresIn = expiresIn
    }
}
