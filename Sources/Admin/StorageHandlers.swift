import API
import HTTP
import Hummingbird
import Index
import Store

extension AdminModule {
    /// What is stored, and what the disk has left.
    func storage(_ request: Request, _ context: OwnerContext) async throws -> Response {
        try await answer(
            try await store.index.read(by: context.principal) { reader, _ in try reader.storageFigures(now: .now()) }
        )
    }

    /// The operator's twin: no user is signed in.
    func storageLocally(_ request: Request, _ context: RootContext) async throws -> Response {
        try await answer(try await store.index.read { try $0.storageFigures(now: .now()) })
    }

    private func answer(_ figures: StorageFigures) async throws -> Response {
        let free = try await store.freeBytes()
        return try .json(StorageJSON(figures, inFlightBytes: store.bytesInFlight, freeBytes: free))
    }
}

/// Notes once a day what is stored, so that growth can be seen.
struct StorageSampling: Sendable {
    /// Between two looks whether there is a sample of the day.
    private static let pause = Duration.seconds(60 * 60)

    let index: StoreIndex

    /// Runs until it is cancelled, and then throws.
    func run() async throws {
        while true {
            if try await !index.read({ try $0.hasSample(of: .now()) }) {
                try await index.write(for: .upkeep) { try $0.takeSample() }
            }
            try await Task.sleep(for: Self.pause)
        }
    }
}
