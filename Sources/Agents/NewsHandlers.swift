import API
import HTTP
import Hummingbird
import Index

/// What users see of their agents beyond what agents see: what is new, what they have read, and figures.
extension AgentsModule {
    /// All agents of the user, newest first, with the count of unread messages and the newest message.
    func listWithNews(_ request: Request, _ context: UserContext) async throws -> Response {
        let page = try PageRequest(request, defaultLimit: PageRequest.usualArray, takesAnyID: true)
        let found = try await index.read(by: context.principal) {
            try $0.agentsWithNews(userID: $1.id, before: page.cursor(), limit: page.limit + 1)
        }
        return try .array(PageJSON(found, limit: page.limit), of: request)
    }

    /// Notes what has been read, up to the named message or to the newest. It never goes back, so of two devices the
    /// one that is further counts.
    ///
    /// - Throws: ``IndexError/noSuchAgent``; ``APIError`` 404 when there is no such message in the channel.
    func markRead(_ request: Request, _ context: UserContext) async throws -> Response {
        let id = try context.id(of: Agent.self)
        let messageID = try await request.read(context, mayBeMissing: true) {
            $0.optionalID("messageId", of: Message.self)
        }
        let unreadCount = try await index.write(by: context.principal, for: .upkeep) { tx, user in
            let (_, channel) = try tx.agent(id, ownedBy: user)
            guard try tx.markRead(in: channel, through: messageID) else { throw APIError.messageNotFound }
            return try tx.unreadCount(in: channel)
        }
        return try .json(["unreadCount": unreadCount], status: .created)
    }

    /// Counts what the channel holds, which may take seconds.
    ///
    /// - Throws: ``IndexError/noSuchAgent``.
    func figures(_ request: Request, _ context: UserContext) async throws -> Response {
        let id = try context.id(of: Agent.self)
        let figures = try await index.read(by: context.principal) { reader, user in
            let (_, channel) = try reader.agent(id, ownedBy: user)
            return try reader.figures(in: channel, statusLimit: Limits.statusesShown)
        }
        return try .json(AgentFiguresJSON(figures))
    }
}
