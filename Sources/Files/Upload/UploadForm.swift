import Index
import Store

/// An upload that has arrived: the fields we know, and the file.
struct UploadForm: Sendable {
    let channelID: Agent.ID
    let text: String?
    let file: ReceivedFile
}
