import HTTPTypes

/// What a key opens. Each route of agents belongs to one scope (docs/api.md, "Scopes"), and a key has some or all.
package enum KeyScope: String, Sendable, CaseIterable {
    /// Making, changing and deleting agents, with their webhooks.
    case channels
    /// Looking and waiting, which change nothing.
    case read
    /// Messages, drafts and status: sent, changed, retracted, acknowledged.
    case send
    /// Files and their bytes, in and out.
    case files
}

extension APIError {
    static func missingScope(_ scope: KeyScope) -> APIError {
        APIError(.forbidden, "The API key has not the scope '\(scope.rawValue)'; use a key that has it")
    }
}
