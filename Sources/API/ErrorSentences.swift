import HTTP
import HTTPTypes

/// Refusals that more than one resource gives.
extension APIError {
    /// For a channel that does not exist or is another user's (docs/api.md, "Conventions").
    package static let notYourAgent = APIError(.forbidden, "Not your agent")
    /// The same on the routes of agents, of their status and of their webhooks, which answer 404 (docs/api.md,
    /// "Conventions").
    package static let agentNotFound = APIError(.notFound, "Agent not found")
    package static let messageNotFound = APIError(.notFound, "Message not found")
    package static let reviewNotFound = APIError(.notFound, "Review not found")
}
