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
    func create(_ request: Request, _ context: AgentContext) async throws -> Response {
        let draft = try await request.read(context) { MessageDraft(&$0) }
        let userID = context.userID
        let message = try await store(draft, for: userID)
        return try .json(try await withTexts(message), status: .created)
    }

    private func store(_ draft: MessageDraft, for userID: User.ID) async throws -> MessageWithParts {
        if !draft.texts.isEmpty {
            let texts = draft.texts.map {
                TextFile(content: $0.content, filename: $0.filename, declaredType: $0.mimeType)
            }
            return try await store.add(texts, in: draft.message.channelID, of: userID) { tx, channel, attach in
                try draft.store(tx, in: channel) { messageID in _ = try attach(messageID) }
            }
        }
        return try await index.write { tx in
            try draft.store(tx, in: tx.channel(draft.message.channelID, ownedBy: userID)) { _ in }
        }
    }

    func list(_ request: Request, _ context: some CallerContext) async throws -> Response {
        let channelID = try request.channel()
        let page = try PageRequest(request)
        let search = try request.query("search")
        if let search, search.unicodeScalars.count > Limits.search {
            throw APIError.invalid("search", "must have at most \(Limits.search) characters")
        }
        let hasAttachments = try request.query("has_attachments") == "true"
        let found = try await read(channelID, context) { reader, channel in
            try reader.messages(
                in: channel,
                before: page.cursor(),
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

    func read(_ request: Request, _ context: AgentContext) async throws -> Response {
        let (channelID, id) = (try request.channel(), try context.id(of: Message.self))
        let message = try await read(channelID, context) { try $0.message(id, in: $1) }
        guard let message else { throw APIError.messageNotFound }
        return try .json(MessageJSON(message))
    }

    func iterations(_ request: Request, _ context: AgentContext) async throws -> Response {
        let (channelID, id) = (try request.channel(), try context.id(of: Message.self))
        let messages = try await read(channelID, context) { try $0.iterations(ofMessage: id, in: $1) }
        return try .json(iterations(messages))
    }

    /// Its attachments go with it; their bytes become garbage for collection.
    func delete(_ request: Request, _ context: AgentContext) async throws -> Response {
        let (channelID, id) = (try request.channel(), try context.id(of: Message.self))
        let userID = context.userID
        let outcome = try await index.write { tx in
            try tx.deleteMessage(id, in: tx.channel(channelID, ownedBy: userID))
        }
        switch outcome {
        case .deleted: return try .json(["deleted": true])
        case .absent: throw APIError.messageNotFound
        case .hasIterations:
            throw APIError(.badRequest, "Other iterations of this message exist; delete those first")
        }
    }

    func acknowledge(_ request: Request, _ context: AgentContext) async throws -> Response {
        let (channelID, id) = (try request.channel(), try context.id(of: Message.self))
        let userID = context.userID
        let isThere = try await index.write { tx in
            try tx.acknowledge(id, in: tx.channel(channelID, ownedBy: userID))
        }
        guard isThere else { throw APIError.messageNotFound }
        return try .json(["acknowledged": true])
    }

    /// Reads from one channel, when it is the caller's.
    private func read<T: Sendable>(
        _ channelID: Agent.ID,
        _ context: some CallerContext,
        _ body: @escaping @Sendable (Reader, OwnedChannel) throws -> T
    ) async throws -> T {
        let userID = context.userID
        return try await index.read { reader in
            try body(reader, reader.channel(channelID, ownedBy: userID))
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
