import API
import HTTP
import Hummingbird
import Index

/// What people see of their agents besides what agents see: what is new, what has been read, and figures.
extension AgentsModule {
    func listWithNews(_ request: Request, _ context: UserContext) async throws -> Response {
        let (index, userID) = (index, context.userID)
        // Detached, which leaves the event loop: a thousand agents with much unread take a tenth of a second.
        let agents = Task.detached { try await index.read { try $0.agentsWithNews(userID: userID) } }
        return try .json(try await agents.value.map { AgentJSON($0) })
    }

    /// Notes what has been read, up to the message named or to the newest; never back.
    func markRead(_ request: Request, _ context: UserContext) async throws -> Response {
        let (id, userID) = (try context.id(of: Agent.self), context.userID)
        let messageID = try await request.read(context, mayBeMissing: true) {
            $0.optionalID("messageId", of: Message.self)
        }
        let unreadCount = try await index.write { tx in
            let (_, channel) = try tx.agent(id, ownedBy: userID)
            guard try tx.markRead(in: channel, through: messageID) else { throw APIError.messageNotFound }
            return try tx.unreadCount(in: channel)
        }
        return try .json(["unreadCount": unreadCount], status: .created)
    }

    func figures(_ request: Request, _ context: UserContext) async throws -> Response {
        let (id, userID) = (try context.id(of: Agent.self), context.userID)
        // Asked first, at once: only what is theirs may people have counted.
        try await index.read { _ = try $0.agent(id, ownedBy: userID) }
        let figures = try await counting.run(userID, orAfter: .seconds(2)) {
            try await index.readSlowly { reader in
                let (_, channel) = try reader.agent(id, ownedBy: userID)
                return try reader.figures(in: channel, statusLimit: Limits.statusesShown)
            }
        }
        return try .json(AgentFiguresJSON(figures))
    }
}
