import API
import HTTP
import Hummingbird
import Index

/// The webhook of a channel. The path names the channel where it has an id, else the body does.
extension AgentsModule {
    func setWebhook(_ request: Request, _ context: some CallerContext) async throws -> Response {
        let pathID = context.optionalID(of: Agent.self)
        let (id, webhook) = try await request.read(context) { fields in
            (pathID ?? fields.id("channelId", of: Agent.self), fields.webhook())
        }
        return try .json(AgentJSON(try await change(id, of: context.userID) { $0.webhook = webhook }))
    }

    func deleteWebhook(_ request: Request, _ context: some CallerContext) async throws -> Response {
        let id: Agent.ID =
            if let pathID = context.optionalID(of: Agent.self) {
                pathID
            } else {
                try await request.read(context) { $0.id("channelId") }
            }
        return try .json(AgentJSON(try await change(id, of: context.userID) { $0.webhook = nil }))
    }
}
