import Index
import JSON

/// An address that takes one file.
package struct UploadAddressDraft: Sendable {
    package let channelID: Agent.ID
    /// Nil when the address is to say it.
    package let filename: String?
    package let maxBytes: Int?
    package let lifetime: Duration

    package init(_ fields: inout JSONFields, default channel: Agent.ID?) {
        channelID = fields.channelID(default: channel)
        filename = fields.optionalString("filename", length: Limits.givenFilename)
        maxBytes = (fields.optionalLimit("maxBytes", in: Limits.fileBytes) ?? nil)
        let seconds = fields.optionalInteger("expiresInSeconds")
        if let seconds, !Limits.uploadAddressLifetime.contains(Int(clamping: seconds)) {
            let (least, most) = (Limits.uploadAddressLifetime.lowerBound, Limits.uploadAddressLifetime.upperBound)
            fields.report("expiresInSeconds", code: "invalid", "must lie between \(least) and \(most)")
        }
        lifetime = .seconds(seconds ?? Int64(Limits.usualUploadAddressLifetime))
    }
}
