import API
import HTTP
import Hummingbird
import Index
import Store

extension AdminModule {
    /// How long one request removes for. Its client goes on with the plan of what is left, so it knows how far it is.
    static let step = Duration.seconds(5)

    /// What a collection would take now.
    func planCollection(_ request: Request, _ context: OwnerContext) async throws -> Response {
        let grace = try await grace(request, context)
        return try await context.inTurn {
            try .json(
                CollectionPlanJSON(
                    try await store.index.read(by: context.principal) { reader, _ in
                        try reader.collectionPlan(at: .now(), grace: grace)
                    }
                )
            )
        }
    }

    /// The operator's twin: no user is signed in.
    func planCollectionLocally(_ request: Request, _ context: RootContext) async throws -> Response {
        let grace = try await grace(request, context)
        return try await context.inTurn {
            try .json(
                CollectionPlanJSON(try await store.index.read { try $0.collectionPlan(at: .now(), grace: grace) })
            )
        }
    }

    /// Removes what a plan takes, or a part of it.
    ///
    /// - Throws: ``APIError`` 409 when the plan is not what would go.
    func applyPlan(_ request: Request, _ context: OwnerContext) async throws -> Response {
        let plan = try await request.read(context) { PlanToApply(&$0) }
        return try await context.inTurn {
            try await judge(context)
            return try await apply(plan, by: context.origin)
        }
    }

    /// The operator's twin: no user is signed in.
    func applyPlanLocally(_ request: Request, _ context: RootContext) async throws -> Response {
        let plan = try await request.read(context) { PlanToApply(&$0) }
        return try await context.inTurn {
            try await apply(plan, by: context.origin(.commandLine))
        }
    }

    /// Removes what is due now, or a part of it.
    func collect(_ request: Request, _ context: OwnerContext) async throws -> Response {
        let draft = try await request.read(context) { RunDraft(&$0) }
        return try await context.inTurn {
            try await judge(context)
            return try await collect(draft, by: context.origin)
        }
    }

    /// The operator's twin: no user is signed in.
    func collectLocally(_ request: Request, _ context: RootContext) async throws -> Response {
        let draft = try await request.read(context) { RunDraft(&$0) }
        return try await context.inTurn {
            try await collect(draft, by: context.origin(.commandLine))
        }
    }

    /// Whether this is still an owner after all commits until now: the batches that follow act for no user.
    func judge(_ context: OwnerContext) async throws {
        try await store.index.write(by: context.principal, for: .upkeep) { _, _ in }
    }

    private func apply(_ plan: PlanToApply, by origin: Origin) async throws -> Response {
        try answer(try await store.apply(plan.id, goingOn: plan.run, by: origin, for: Self.step))
    }

    private func collect(_ draft: RunDraft, by origin: Origin) async throws -> Response {
        let plan = CollectionPlan.ID(moment: .now(), grace: draft.grace ?? FileStore.collectionGrace)
        return try answer(
            try await store.collectDue(at: plan, startedBy: .run, goingOn: draft.run, by: origin, for: Self.step)
        )
    }

    private func answer(_ step: CollectionStep) throws -> Response {
        try .json(
            CollectionStepJSON(
                expiredFiles: step.done.expiredFiles,
                blobs: step.done.blobs,
                rest: step.rest,
                run: step.run,
                heldUntil: step.heldUntil
            )
        )
    }

    private func grace(_ request: Request, _ context: some Connected) async throws -> Duration {
        let draft = try await request.read(context) { CollectionDraft(&$0) }
        return draft.grace ?? FileStore.collectionGrace
    }
}
