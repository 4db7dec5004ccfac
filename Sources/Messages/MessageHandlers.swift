import API
import HTTP
import HTTPTypes
import Hummingbird
import Index
import Store

extension MessagesModule {
    /// Stores the message, its review and its attachments together, or nothing.
    ///
    /// A repeat of a `clientId`, also a simultaneous one, answers the message that was stored first.
    @Sendable
    func create(_ request: Request, _ context: AgentContext) async throws -> Response {
        let draft = try await request.read(context) { MessageDraft(&$0) }
        let userID = context.principal.userID
        let message = try await store(draft, for: userID)
        return try .json(try await withTexts(message), status: .created)
    }

    private func store(_ draft: MessageDraft, for userID: String) async throws -> MessageWithParts {
        if !draft.texts.isEmpty {
            let texts = draft.texts.map {
                TextFile(content: $0.content, filename: $0.filename, declaredType: $0.mimeType)
            }
            return try await store.add(texts, in: draft.channelID, of: userID) { tx, attach in
                try draft.store(tx) { messageID in _ = try attach(messageID) }
            }
        }
        return try await index.write { tx in
            guard try tx.owns(draft.channelID, userID: userID) else { throw APIError.notYourAgent }
            return try draft.store(tx) { _ in }
        }
    }

    @Sendable
    func list(_ request: Request, _ context: some UserContext) async throws -> Response {
        let channel = try request.requiredQuery("channel")
        let page = try PageRequest(request)
        let search = try request.query("search")
        if let search, search.unicodeScalars.count > Limits.search {
            throw APIError.invalid("search", "must have at most \(Limits.search) characters")
        }
        let hasAttachments = try request.query("has_attachments") == "true"
        let found = try await read(channel, context) { reader in
            try reader.messages(
                channelID: channel,
                before: page.before,
                limit: page.limit + 1,
                search: search,
                hasAttachments: hasAttachments
            )
        }
        return try .json(
            PageJSON(
                found.messages,
                limit: page.limit,
                isCut: found.isCut,
                id: \.id,
                show: MessageJSON.init(listed:)
            )
        )
    }

    @Sendable
    func read(_ request: Request, _ context: AgentContext) async throws -> Response {
        let (channel, id) = (try request.requiredQuery("channel"), try context.parameters.require("id"))
        let message = try await read(channel, context) { try $0.message(id: id, channelID: channel) }
        guard let message else { throw APIError.messageNotFound }
        return try .json(MessageJSON(message))
    }

    @Sendable
    func iterations(_ request: Request, _ context: AgentContext) async throws -> Response {
        let (channel, id) = (try request.requiredQuery("channel"), try context.parameters.require("id"))
        let messages = try await read(channel, context) { try $0.iterations(ofMessage: id, channelID: channel) }
        return try .json(iterations(messages))
    }

    /// Its attachments go with it; their bytes become garbage for collection.
    @Sendable
    func delete(_ request: Request, _ context: AgentContext) async throws -> Response {
        let (channel, id) = (try request.requiredQuery("channel"), try context.parameters.require("id"))
        let userID = context.principal.userID
        let outcome = try await index.write { tx in
            guard try tx.owns(channel, userID: userID) else { throw APIError.notYourAgent }
            return try tx.deleteMessage(id: id, channelID: channel)
        }
        switch outcome {
        case .deleted: return try .json(["deleted": true])
        case .absent: throw APIError.messageNotFound
        case .hasIterations:
            throw APIError(.badRequest, "Other iterations of this message exist; delete those first")
        }
    }

    @Sendable
    func acknowledge(_ request: Request, _ context: AgentContext) async throws -> Response {
        let (channel, id) = (try request.requiredQuery("channel"), try context.parameters.require("id"))
        let userID = context.principal.userID
        let isThere = try await index.write { tx in
            guard try tx.owns(channel, userID: userID) else { throw APIError.notYourAgent }
            return try tx.acknowledge(messageID: id, channelID: channel)
        }
        guard isThere else { throw APIError.messageNotFound }
        return try .json(["acknowledged": true])
    }

    /// Reads from one channel, when it is the caller's.
    private func read<T: Sendable>(
        _ channel: String,
        _ context: some UserContext,
        _ body: @escaping @Sendable (Reader) throws -> T
    ) async throws -> T {
        let userID = context.userID
        return try await index.read { reader in
            guard try reader.owns(channel, userID: userID) else { throw APIError.notYourAgent }
            return try body(reader)
        }
    }
}

extension MessagesModule {
    /// A message as its agent gets it when it is new: with the text of its small files.
    func withTexts(_ message: MessageWithParts) async throws -> MessageJSON {
        MessageJSON(message, texts: try await store.texts(of: message.attachments))
    }

    /// - Throws: ``APIError`` 404 without messages.
    func iterations(_ messages: [MessageWithParts]) throws(APIError) -> IterationsJSON {
        guard let iterations = IterationsJSON(messages) else { throw APIError.messageNotFound }
        return iterations
    }
}
