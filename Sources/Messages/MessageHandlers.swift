import API
import HTTP
import HTTPTypes
import Hummingbird
import Index
import Store

/// What agents do with messages. Users have ``list(_:_:)`` too, which redacts for both.
extension MessagesModule {
    /// Stores the message, its review and its attachments together, or nothing.
    ///
    /// A repeat of a `clientId`, even a simultaneous one, answers the message that was stored first; without its answer
    /// when the key may send but not read.
    ///
    /// - Throws: ``IndexError/notOwned``; as `MessageDraft.store`; ``StoreError`` when a text does not fit.
    func create(_ request: Request, _ context: AgentContext) async throws -> Response {
        let channel = context.defaultChannel
        let draft = try await request.read(context, writtenAt: ReviewDraft.payloadPath) {
            MessageDraft(&$0, default: channel)
        }
        let stored = try await store(draft, by: context.principal)
        var message = try await whole(stored, as: draft.message, context)
        if !context.agent.scopes.contains(.read) { message.review?.removeAnswer() }
        return try await context.inTurn(if: message.isLarge) { [message] in
            try .created(try await withTexts(message), isRepeat: stored.isRepeat)
        }
    }

    /// The message that was stored, or repeated, as it is now.
    ///
    /// - Throws: ``APIError`` 404 when it was deleted meanwhile.
    func whole(
        _ stored: StoredMessage,
        as sent: Message,
        _ context: some CallerContext
    ) async throws -> MessageWithParts {
        if let whole = stored.whole { return whole }
        return try await whole(stored.id, in: sent.channelID, isLarge: MessageWithParts(message: sent).isLarge, context)
    }

    /// - Parameter isLarge: whether it is known to be. It is then not tried on the event loop first.
    func whole(
        _ id: Message.ID,
        in channelID: Agent.ID,
        isLarge: Bool,
        _ context: some CallerContext
    ) async throws -> MessageWithParts {
        let principal = context.principal
        let read = { @Sendable () async throws -> MessageWithParts? in
            try await index.read(by: principal) { reader, user in
                try reader.message(id, in: reader.channel(channelID, ownedBy: user))
            }
        }
        let message = try await isLarge ? context.inTurn(read) : context.inTurnIfLarge(read)
        guard let message else { throw APIError.messageNotFound }
        return message
    }

    /// Texts go through the store, because they become files first. Anything else is one transaction of the index.
    private func store(_ draft: MessageDraft, by principal: Principal) async throws -> StoredMessage {
        if !draft.texts.isEmpty {
            let texts = draft.texts.map {
                TextFile(content: $0.content, filename: $0.filename, declaredType: $0.mimeType)
            }
            return try await store.add(texts, in: draft.message.channelID, by: principal) { tx, _, channel, attach in
                try draft.store(tx, in: channel) { messageID in _ = try attach(messageID) }
            }
        }
        return try await index.write(by: principal) { tx, user in
            try draft.store(tx, in: tx.channel(draft.message.channelID, ownedBy: user)) { _ in }
        }
    }

    /// A page of messages, newest first, of one channel or of all channels of the caller's user: only messages with
    /// `search` in their text, or with attachments, if asked. A page of large messages has fewer rows than `limit`.
    ///
    /// - Throws: ``IndexError/notOwned``; ``APIError`` 400 for a search of more than 1000 characters.
    func list(_ asked: ReadParameters) throws -> Read<MessagePage> {
        let channelID = try asked.optionalChannel()
        let page = try PageRequest(asked)
        let search = try asked.searched()
        let hasAttachments = try asked.query("has_attachments") == "true"
        return Read { reader, user in
            try reader.messages(
                in: reader.channels(channelID, ownedBy: user),
                before: page.cursor(),
                limit: page.limit + 1,
                search: search,
                hasAttachments: hasAttachments
            )
        } show: {
            try JSONAnswer(PageJSON($0, limit: page.limit))
        }
    }

    /// One message. Its passwords are shown, because the agent that asked reads it.
    ///
    /// - Throws: ``IndexError/notOwned``; ``APIError`` 404.
    func message(_ asked: ReadParameters) throws -> Read<MessageWithParts> {
        let (channelID, id) = (try asked.optionalChannel(), asked.id(of: Message.self))
        return Read { reader, user in
            guard let channel = try reader.channel(channelID, ofMessage: id, ownedBy: user),
                let message = try reader.message(id, in: channel)
            else { throw APIError.messageNotFound }
            return message
        } show: {
            try JSONAnswer(MessageJSON($0))
        }
    }

    /// The versions of a question, ascending. When more follow, a `Link` leads to them.
    ///
    /// - Throws: ``IndexError/notOwned``; ``APIError`` 404.
    func iterations(_ request: Request, _ context: some CallerContext) async throws -> Response {
        let (channelID, id) = (try request.optionalChannel(), try context.id(of: Message.self))
        let page = try PageRequest(request, defaultLimit: PageRequest.usualArray)
        let found = try await index.read(by: context.principal) { reader, user in
            try reader.channel(channelID, ofMessage: id, ownedBy: user).map {
                try reader.iterations(ofMessage: id, in: $0, after: page.cursor(), limit: page.limit + 1)
            }
        }
        guard let iterations = found.flatMap({ IterationsJSON($0, limit: page.limit) }) else {
            throw APIError.messageNotFound
        }
        return try .json(iterations).linking(to: iterations.nextCursor, of: request)
    }

    /// Retracts a message, with its attachments; their bytes are collected later. A wait for its review ends with 404.
    ///
    /// With `pending=true` only a question that nobody has answered: who takes one back must not lose an answer that
    /// came in the same moment.
    ///
    /// - Throws: ``IndexError/notOwned``; ``APIError`` 404, 400 while other versions of the question exist, and 409 for
    ///   a question that has ended when only pending ones are meant.
    func delete(_ request: Request, _ context: AgentContext) async throws -> Response {
        let (channelID, id) = (try request.optionalChannel(), try context.id(of: Message.self))
        let onlyPending = try request.flag("pending") ?? false
        let outcome = try await index.write(by: context.principal, for: .upkeep) { tx, user in
            try tx.channel(channelID, ofMessage: id, ownedBy: user).map { channel in
                if onlyPending, try tx.review(ofMessage: id, in: channel)?.status(at: .now()) != .pending {
                    throw APIError(.conflict, "This is no question that is pending; nothing was taken back")
                }
                return try tx.deleteMessage(id, in: channel)
            }
        }
        switch outcome {
        case .deleted: return try .json(["deleted": true])
        case .absent, nil: throw APIError.messageNotFound
        case .hasIterations:
            throw APIError(.badRequest, "Other iterations of this message exist; delete those first")
        }
    }

    /// Notes that the agent has the message, and takes its answer off the feed. Given before there is an answer, it
    /// does not count for that (docs/api.md, "Messages and reviews", Answers).
    ///
    /// - Throws: ``IndexError/notOwned``; ``APIError`` 404.
    func acknowledge(_ request: Request, _ context: AgentContext) async throws -> Response {
        let (channelID, id) = (try request.optionalChannel(), try context.id(of: Message.self))
        let isThere = try await index.write(by: context.principal, for: .upkeep) { tx, user in
            try tx.channel(channelID, ofMessage: id, ownedBy: user).map { try tx.acknowledge(id, in: $0) }
        }
        guard isThere == true else { throw APIError.messageNotFound }
        return try .json(["acknowledged": true])
    }
}

extension MessagesModule {
    /// A message as its agent gets it when it is new: with the text of its small text files, up to 64 KiB each, which
    /// saves a download.
    func withTexts(_ message: MessageWithParts) async throws -> MessageJSON {
        MessageJSON(message, texts: try await store.texts(of: message.attachments))
    }
}
