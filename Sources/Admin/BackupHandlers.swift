import API
import HTTP
import Hummingbird
import Store

/// `placet backup` copies by itself, because reading the store is always safe. What it needs of the server is that
/// nothing is removed meanwhile.
extension AdminModule {
    /// Holds removal back for some minutes. The command asks for it again and again, so it ends with the command. It
    /// makes up the id, so that no other command ends its hold or takes it for its own.
    func holdRemoval(_ request: Request, _ context: RootContext) async throws -> Response {
        let wasHeld = try await store.holdRemoval(try context.parameters.require("id"))
        return try .json(RemovalHoldJSON(wasHeld: wasHeld))
    }

    /// The backup was not made.
    func endRemovalHold(_ request: Request, _ context: RootContext) async throws -> Response {
        try await store.endRemovalHold(try context.parameters.require("id"), isWhole: false)
        return try .json(RemovalHoldJSON(wasHeld: false))
    }

    /// The backup is whole, which is noted.
    func finishBackup(_ request: Request, _ context: RootContext) async throws -> Response {
        try await store.endRemovalHold(try context.parameters.require("id"), isWhole: true)
        return try .json(RemovalHoldJSON(wasHeld: false))
    }
}

private struct RemovalHoldJSON: Encodable, Sendable {
    /// Whether this hold has lasted until now; if not, something may have been removed.
    let wasHeld: Bool
}
