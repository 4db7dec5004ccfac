import Index

/// What an agent said it was doing while it wrote a draft. `index` counts from 0 within the stream.
package struct StreamEventJSON: Encodable, Sendable {
    let id: StreamEvent.ID
    let channelId: Agent.ID
    let streamId: String
    let index: Int
    let text: String
    let toolHint: Bool
    let createdAt: Timestamp

    package init(_ event: StreamEvent) {
        id = event.id
        channelId = event.channelID
        streamId = event.streamID
        index = event.number
        text = event.text
        toolHint = event.toolHint
        createdAt = event.createdAt
    }
}
