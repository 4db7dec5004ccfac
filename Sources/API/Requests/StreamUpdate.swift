import Index
import JSON

/// The whole text of a streamed draft so far, not only what is new, and whether the draft goes on.
package struct StreamUpdate: Sendable {
    package let channelID: Agent.ID
    package let text: String
    package let state: Message.StreamState

    package init(_ fields: inout JSONFields, default channel: Agent.ID?) {
        // `complete: true` is short for the state; an explicit `streamState` wins.
        let end = fields.optionalBool("complete") == true ? Message.StreamState.complete : .streaming
        channelID = fields.channelID(default: channel)
        text = fields.string("text")
        state = fields.optionalChoice("streamState") ?? end
    }
}

/// What an agent says it is doing while it writes a draft.
package struct StreamEventDraft: Sendable {
    package let channelID: Agent.ID
    package let text: String
    package let toolHint: Bool

    package init(_ fields: inout JSONFields, default channel: Agent.ID?) {
        channelID = fields.channelID(default: channel)
        text = fields.string("text", length: Limits.statusText)
        toolHint = fields.optionalBool("toolHint") ?? false
    }
}
