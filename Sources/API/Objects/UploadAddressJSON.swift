import Index

/// An address that takes one file (`UploadAddress` in docs/api.md). Only the answer that makes it shows it.
package struct UploadAddressJSON: Encodable, Sendable {
    let url: String
    let channelId: Agent.ID
    @OrNull var filename: String?
    @OrNull var maxBytes: Int?
    let expiresAt: Timestamp

    package init(_ token: UploadToken, url: String) {
        self.url = url
        channelId = token.channelID
        filename = token.filename
        maxBytes = token.maxBytes
        expiresAt = token.expiresAt
    }
}
