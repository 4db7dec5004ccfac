import Index

/// What an agent said it was doing while it wrote a draft.
package struct StreamEventJSON: Encodable, Sendable {
    let id: String
    let channelId: String
    let streamId: String
    let index: Int
    let text: String
    @OrNull var toolHint: String?
    let createdAt: Timestamp

    package init(_ event: StreamEvent) {
        id = event.id
        channelId = event.channelId
        streamId = event.streamId
        index = event.number
        text = event.text
        toolHint = event.toolHint
        createdAt = event.createdAt
    }
}
