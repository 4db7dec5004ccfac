import Index
import JSON

/// What an agent said it was doing while it wrote a draft. `index` counts from 0 within the stream.
package struct StreamEventJSON: JSONWritable {
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

    package func write(to writer: inout JSONWriter) {
        writer.object {
            $0.member("channelId", channelId)
            $0.member("createdAt", createdAt)
            $0.member("id", id)
            $0.member("index", index)
            $0.member("streamId", streamId)
            $0.member("text", text)
            $0.member("toolHint", toolHint)
        }
    }
}
