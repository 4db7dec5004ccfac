import API
import HTTP
import Hummingbird
import Store

/// `placet backup` copies by itself, because reading the store is always safe. What it needs of the server is that
/// nothing is removed meanwhile.
extension AdminModule {
    /// Holds removal back for some minutes. The command asks for it again and again, so it ends with the command.
    func holdRemoval(_ request: Request, _ context: RootContext) async throws -> Response {
        try .json(RemovalHoldJSON(storeId: store.id, wasHeld: try await store.holdRemoval()))
    }

    func endRemovalHold(_ request: Request, _ context: RootContext) async throws -> Response {
        try await store.endRemovalHold()
        return try .json(RemovalHoldJSON(storeId: store.id, wasHeld: false))
    }
}

private struct RemovalHoldJSON: Encodable, Sendable {
    let storeId: String
    /// Whether removal was held back until now; if not, something may have been removed.
    let wasHeld: Bool
}
