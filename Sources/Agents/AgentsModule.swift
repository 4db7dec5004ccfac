import Hummingbird
import Index
import Routing

/// Agents, which are the channels: created and listed here, named by `channelId` everywhere else.
package struct AgentsModule: RouteModule {
    private let index: Index

    package init(index: Index) {
        self.index = index
    }

    package func addRoutes(to mounts: Mounts) {
        mounts.agent
            .get("agents", use: list)
            .post("agents", use: create)
    }

    @Sendable
    func list(_ request: Request, _ context: AgentContext) async throws -> Response {
        let userID = context.principal.userID
        return try .json(try await index.read { try $0.agents(userID: userID) })
    }

    @Sendable
    func create(_ request: Request, _ context: AgentContext) async throws -> Response {
        var fields = try await request.jsonFields(on: context.connection)
        let name = fields.string("name", length: 1...200)
        let description = fields.optionalString("description", length: 0...10_000)
        let avatarURL = fields.optionalURL("avatarUrl")
        let webhookURL = fields.optionalURL("webhookUrl")
        let tag = fields.optionalString("tag", length: 0...64, nullable: true)
        try fields.check()

        let (id, userID) = (Identifier.make(), context.principal.userID)
        let agent = try await index.write { tx in
            let agent = Agent(
                id: id,
                userId: userID,
                name: name,
                description: description,
                avatarUrl: avatarURL,
                webhook: webhookURL.map { Webhook(url: $0) },
                status: .active,
                tag: tag,
                createdAt: tx.now
            )
            try tx.insert(agent)
            return agent
        }
        return try .json(agent, status: .created)
    }
}
