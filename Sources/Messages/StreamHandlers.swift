import API
import HTTP
import HTTPTypes
import Hummingbird
import Index
import JSON

/// Drafts that are written piece by piece while people watch, and what the agent says it is doing meanwhile.
extension MessagesModule {
    /// Aborts drafts whose agent went away, for as long as the server runs.
    package var idleDrafts: Sweep {
        Sweep("idle drafts", in: index) {
            try $0.abortIdleDrafts(after: Limits.draftIdle, limit: $1)
        } next: {
            try $0.nextIdleDraft(after: Limits.draftIdle)
        }
    }

    /// Takes the whole text so far, and ends the draft when it is said to be complete or aborted. Repeating what ended it
    /// is fine; anything else after the end is 409.
    @Sendable
    func updateStream(_ request: Request, _ context: AgentContext) async throws -> Response {
        let streamID = try context.pathParameter("streamId")
        let (channelID, text, state) = try await request.read(context) { fields in
            let end = fields.optionalBool("complete") == true ? Message.StreamState.complete : .streaming
            return (
                fields.string("channelId", length: Limits.id),
                fields.string("text"),
                fields.optionalChoice("streamState") ?? end
            )
        }
        let userID = context.principal.userID
        let message = try await index.write { tx in
            guard try tx.owns(channelID, userID: userID) else { throw APIError.notYourAgent }
            guard let draft = try tx.message(streamID: streamID, channelID: channelID) else {
                throw APIError(.notFound, "No draft of this streamId; create it with POST /api/v1/messages")
            }
            if draft.message.streamState == state, draft.message.text == text, state != .streaming { return draft }
            guard try tx.updateDraft(id: draft.id, text: text, state: state),
                let updated = try tx.message(id: draft.id, channelID: channelID)
            else { throw APIError(.conflict, "The draft has ended; send a new message") }
            return updated
        }
        return try .json(try await views.withTexts(message))
    }

    /// Works before the draft exists, which then has the events of its stream.
    @Sendable
    func addStreamEvent(_ request: Request, _ context: AgentContext) async throws -> Response {
        let streamID = try context.pathParameter("streamId")
        let (channelID, text, toolHint) = try await request.read(context) { fields in
            (
                fields.string("channelId", length: Limits.id),
                fields.string("text", length: Limits.statusText),
                fields.optionalString("toolHint", length: Limits.toolHint)
            )
        }
        let (id, userID) = (Identifier.make(), context.principal.userID)
        let event = try await index.write { tx in
            guard try tx.owns(channelID, userID: userID) else { throw APIError.notYourAgent }
            return try tx.insertStreamEvent(
                id: id,
                channelID: channelID,
                streamID: streamID,
                text: text,
                toolHint: toolHint
            )
        }
        guard let event else {
            throw APIError(.conflict, "The stream has \(StreamEvent.maxPerStream) status events; start another one")
        }
        return try .json(event, status: .created)
    }
}
