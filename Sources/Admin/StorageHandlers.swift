import API
import HTTP
import Hummingbird
import Index
import Store

extension AdminModule {
    /// What is stored, and what the disk has left.
    func storage(_ request: Request, _ context: OwnerContext) async throws -> Response {
        try await answer(
            try await store.index.read(by: context.principal) { reader, _ in try reader.storageFigures() }
        )
    }

    /// The operator's twin: no user is signed in.
    func storageLocally(_ request: Request, _ context: RootContext) async throws -> Response {
        try await answer(try await store.index.read { try $0.storageFigures() })
    }

    private func answer(_ figures: StorageFigures) async throws -> Response {
        try .json(StorageJSON(figures, freeBytes: try await store.freeBytes()))
    }
}
