import API
import HTTP
import Hummingbird
import Index
import Store

extension AdminModule {
    /// What the collector took in its last runs, the newest first.
    func listRuns(_ request: Request, _ context: OwnerContext) async throws -> Response {
        let page = try PageRequest(request, defaultLimit: PageRequest.usualArray)
        let runs = try await store.index.read(by: context.principal) { reader, _ in
            try reader.collectionRuns(before: page.cursor(), limit: page.limit + 1)
        }
        return try answer(runs, page, request)
    }

    /// The operator's twin: no user is signed in.
    func listRunsLocally(_ request: Request, _ context: RootContext) async throws -> Response {
        let page = try PageRequest(request, defaultLimit: PageRequest.usualArray)
        let runs = try await store.index.read { try $0.collectionRuns(before: page.cursor(), limit: page.limit + 1) }
        return try answer(runs, page, request)
    }

    /// One run.
    ///
    /// - Throws: ``APIError`` 404 when there is no such run.
    func readRun(_ request: Request, _ context: OwnerContext) async throws -> Response {
        let id = try context.id(of: CollectionRun.self)
        let run = try await store.index.read(by: context.principal) { reader, _ in try reader.collectionRun(id) }
        return try answer(run)
    }

    /// The operator's twin: no user is signed in.
    func readRunLocally(_ request: Request, _ context: RootContext) async throws -> Response {
        let id = try context.id(of: CollectionRun.self)
        return try answer(try await store.index.read { try $0.collectionRun(id) })
    }

    private func answer(_ runs: [CollectionRun], _ page: PageRequest, _ request: Request) throws -> Response {
        try .array(PageJSON(runs, limit: page.limit, id: \.id) { CollectionRunJSON($0) }, of: request)
    }

    private func answer(_ run: CollectionRun?) throws -> Response {
        guard let run else { throw StoreError.noSuchRun }
        return try .json(CollectionRunJSON(run))
    }

    /// Brings back what a run took, or a part of it.
    ///
    /// - Throws: ``APIError`` 404 when there is no such run, 409 when nothing of it can be brought back.
    func undo(_ request: Request, _ context: OwnerContext) async throws -> Response {
        try await judge(context)
        return try await undo(try context.id(of: CollectionRun.self), by: context.origin)
    }

    /// The operator's twin: no user is signed in.
    func undoLocally(_ request: Request, _ context: RootContext) async throws -> Response {
        try await undo(try context.id(of: CollectionRun.self), by: context.origin(.commandLine))
    }

    private func undo(_ id: CollectionRun.ID, by origin: Origin) async throws -> Response {
        let (done, rest) = try await store.undo(id, by: origin, for: Self.step)
        return try .json(CollectionUndoJSON(done, rest: rest))
    }
}
