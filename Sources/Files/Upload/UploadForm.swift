import Index
import Store

/// An upload that has arrived whole: the fields we know, and the file.
struct UploadForm: Sendable {
    /// As sent. Whether the channel is the caller's is decided by the transaction that stores the file.
    let channelID: Agent.ID
    /// The text of the new message; a file stored for later has none.
    let text: String?
    let file: ReceivedFile
}
