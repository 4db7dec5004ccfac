import API
import HTTP
import Hummingbird
import Index

/// What people see of their agents besides what agents see: what is new, what has been read, and figures.
extension AgentsModule {
    @Sendable
    func listWithNews(_ request: Request, _ context: HumanContext) async throws -> Response {
        let (index, userID) = (index, context.userID)
        // Detached, which leaves the event loop: a thousand agents with much unread take a tenth of a second.
        let agents = Task.detached { try await index.read { try $0.agentsWithNews(userID: userID) } }
        return try .json(try await agents.value.map { AgentJSON($0) })
    }

    /// Notes what has been read, up to the message named or to the newest; never back.
    @Sendable
    func markRead(_ request: Request, _ context: HumanContext) async throws -> Response {
        let (id, userID) = (try context.parameters.require("id"), context.userID)
        let messageID = try await request.read(context, mayBeMissing: true) {
            $0.optionalID("messageId")
        }
        let unreadCount = try await index.write { tx in
            guard try tx.owns(id, userID: userID) else { throw APIError.agentNotFound }
            guard try tx.markRead(agentID: id, through: messageID) else { throw APIError.messageNotFound }
            return try tx.unreadCount(agentID: id)
        }
        return try .json(["unreadCount": unreadCount], status: .created)
    }

    @Sendable
    func figures(_ request: Request, _ context: HumanContext) async throws -> Response {
        let (id, userID) = (try context.parameters.require("id"), context.userID)
        // Asked first, at once: only what is theirs may people have counted.
        guard try await index.read({ try $0.owns(id, userID: userID) }) else { throw APIError.agentNotFound }
        let figures = try await counting.run(userID, orAfter: .seconds(2)) {
            try await index.readSlowly { try $0.figures(agentID: id, statusLimit: Limits.statusesShown) }
        }
        return try .json(AgentFiguresJSON(figures))
    }
}
