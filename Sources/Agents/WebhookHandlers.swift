import API
import HTTP
import Hummingbird
import Index

extension AgentsModule {
    @Sendable
    func setWebhook(_ request: Request, _ context: AgentContext) async throws -> Response {
        let (channelID, webhook) = try await request.read(context) { fields in
            (fields.id("channelId"), fields.webhook())
        }
        return try .json(AgentJSON(try await change(channelID, of: context.userID) { $0.webhook = webhook }))
    }

    @Sendable
    func deleteWebhook(_ request: Request, _ context: AgentContext) async throws -> Response {
        let channelID = try await request.read(context) { $0.id("channelId") }
        return try .json(AgentJSON(try await change(channelID, of: context.userID) { $0.webhook = nil }))
    }

    /// The same as ``setWebhook(_:_:)``, for people.
    @Sendable
    func replaceWebhook(_ request: Request, _ context: HumanContext) async throws -> Response {
        let id = try context.parameters.require("id")
        let webhook = try await request.read(context) { $0.webhook() }
        return try .json(AgentJSON(try await change(id, of: context.userID) { $0.webhook = webhook }))
    }

    @Sendable
    func removeWebhook(_ request: Request, _ context: HumanContext) async throws -> Response {
        let id = try context.parameters.require("id")
        return try .json(AgentJSON(try await change(id, of: context.userID) { $0.webhook = nil }))
    }
}
