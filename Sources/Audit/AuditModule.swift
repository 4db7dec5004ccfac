import API
import HTTP
import Hummingbird
import Index

/// The audit log: who did what. Owners and the operator read all of it, a user who has opened each of his files.
///
/// What changes something is noted where the index changes it (`Transaction.note`), so no route of another module can
/// forget to. What was read or refused gathers in an ``AuditQueue``. Here are the routes, and the end of old entries.
package struct AuditModule: RouteModule {
    /// How many entries are kept: up to 400 MB of the index.
    package static let mostEntries = 1_000_000

    let index: StoreIndex
    private let queue: AuditQueue
    private let (age, grace): (Duration, Duration)
    private let onLost: @Sendable (_ count: Int) -> Void

    /// - Parameters:
    ///   - queue: what was read or refused, to be stored here.
    ///   - age: how long entries are kept.
    ///   - grace: how long a server runs after a look of the collector before what was too old then goes.
    ///   - onLost: told how many entries of the queue could not be stored.
    package init(
        index: StoreIndex,
        queue: AuditQueue,
        age: Duration,
        grace: Duration,
        onLost: @escaping @Sendable (_ count: Int) -> Void
    ) {
        (self.index, self.queue, self.onLost) = (index, queue, onLost)
        (self.age, self.grace) = (age, grace)
    }

    package func addRoutes(to mounts: Mounts) {
        mounts.owner
            .get("admin/audit", use: inTurn(list))
            .get("admin/audit/export", use: export)
        mounts.user.get("files/:id/openings", use: inTurn(openings))
        mounts.local.get("audit", use: inTurn(listLocally))
    }

    package var backgroundWork: [BackgroundWork] {
        [
            BackgroundWork("audit log", onEachNode: true) { try await queue.run(into: index, onLost: onLost) },
            BackgroundWork(oldEntries),
        ]
    }

    private var oldEntries: Sweep {
        Sweep("old audit entries", in: index) { [age, grace] in
            try $0.removeAudit(after: age, most: Self.mostEntries, grace: grace, limit: $1)
        } next: { [age, grace] in
            try $0.nextAuditRemoval(after: age, most: Self.mostEntries, grace: grace)
        }
    }
}
