import API
import HTTP
import HTTPTypes
import Hummingbird
import Index

/// Drafts that an agent writes piece by piece while users watch, and what it says it is doing (docs/api.md, "Messages
/// and reviews", Drafts).
extension MessagesModule {
    /// Aborts drafts that nobody has written to for five minutes, so that users do not wait for an agent that is gone.
    var idleDrafts: Sweep {
        Sweep("idle drafts", in: index) {
            try $0.abortIdleDrafts(after: Limits.draftIdle, limit: $1)
        } next: {
            try $0.nextIdleDraft(after: Limits.draftIdle)
        }
    }

    /// Removes status events whose draft has not come within a day.
    var lonelyStreamEvents: Sweep {
        Sweep("status events without a draft", in: index) {
            try $0.removeExpiredStreamEvents(limit: $1)
        } next: {
            try $0.nextStreamEventExpiry()
        }
    }

    /// Takes the whole text so far, and ends the draft when the body says that it is complete or aborted. Because the
    /// text is whole, a lost or repeated request does no harm.
    ///
    /// - Throws: ``IndexError/notOwned``; ``APIError`` 404 without such a draft, 409 once it has ended.
    func updateStream(_ request: Request, _ context: AgentContext) async throws -> Response {
        let streamID = try context.pathParameter("streamId")
        let channel = context.defaultChannel
        let update = try await request.read(context) { StreamUpdate(&$0, default: channel) }
        let question = try await question(of: streamID, update, context)
        let id = try await index.write(by: context.principal) { tx, user in
            let channel = try tx.channel(update.channelID, ownedBy: user)
            guard let draft = try tx.namedMessage(streamID: streamID, in: channel) else {
                throw APIError(.notFound, "No draft of this streamId; create it with POST /api/v1/messages")
            }
            // An agent that got no answer sends the end again. That is fine; anything else after the end is refused.
            let isRepeated = update.state != .streaming && draft.streamState == update.state
            if isRepeated, try tx.hasText(update.text, draft.id, in: channel) { return draft.id }
            guard
                try tx.updateDraft(
                    draft.id,
                    in: channel,
                    text: update.text,
                    state: update.state,
                    becoming: question
                )
            else { throw APIError(.conflict, "The draft has ended; send a new message") }
            return draft.id
        }
        let isLarge = update.text.utf8.count > ReadLimit.small
        let message = try await whole(id, in: update.channelID, isLarge: isLarge, context)
        return try await context.inTurn(if: message.isLarge) { try .json(try await withTexts(message)) }
    }

    /// What the draft will ask, without its files; nil when it asks nothing. Type and payload never change, so they
    /// are read and hashed before the unit, however large they are.
    private func question(
        of streamID: String,
        _ update: StreamUpdate,
        _ context: AgentContext
    ) async throws -> QuestionDigest? {
        let principal = context.principal
        return try await context.inTurnIfLarge {
            try await index.read(by: principal) { reader, user in
                try reader.question(
                    ofStream: streamID,
                    in: reader.channel(update.channelID, ownedBy: user),
                    text: update.text
                )
            }
        }
    }

    /// Adds a status event to a stream. It may come before the draft, which then has it, and it keeps the draft alive
    /// as text does.
    ///
    /// - Throws: ``IndexError/notOwned``; ``APIError`` 409 when the stream has 1000 events.
    func addStreamEvent(_ request: Request, _ context: AgentContext) async throws -> Response {
        let streamID = try context.pathParameter("streamId")
        let channel = context.defaultChannel
        let draft = try await request.read(context) { StreamEventDraft(&$0, default: channel) }
        let id = StreamEvent.ID.make()
        let event = try await index.write(by: context.principal) { tx, user in
            try tx.insertStreamEvent(
                id: id,
                in: tx.channel(draft.channelID, ownedBy: user),
                streamID: streamID,
                text: draft.text,
                toolHint: draft.toolHint
            )
        }
        guard let event else {
            throw APIError(.conflict, "The stream has \(StreamEvent.maxPerStream) status events; start another one")
        }
        return try .json(StreamEventJSON(event), status: .created)
    }
}
