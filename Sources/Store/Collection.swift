import Blobs
import Index

/// What a collection did.
package struct CollectionReport: Sendable, Equatable {
    /// Unattached files whose time was over.
    package var expiredFiles = 0
    package var blobs = CollectedBlobs()

    package init(expiredFiles: Int = 0, blobs: CollectedBlobs = CollectedBlobs()) {
        (self.expiredFiles, self.blobs) = (expiredFiles, blobs)
    }

    package var isEmpty: Bool { self == CollectionReport() }
}

/// A part of a collection.
package struct CollectionStep: Sendable {
    package let done: CollectionReport
    /// A plan of the same moment, under an id of its own.
    package let rest: CollectionPlan
    /// Nil while nothing was taken.
    package let run: CollectionRun?
    /// Until when a backup keeps all bytes on the disk, or longer while it goes on; nil while there is none.
    package let heldUntil: Timestamp?
}

extension FileStore {
    /// How long bytes stay after the last file that had them, before the collector takes them.
    package static let collectionGrace = Duration.seconds(24 * 60 * 60)
    /// What one unit takes: a few milliseconds of the writer's time.
    private static let blobsPerUnit = 128

    /// Removes what a plan takes and nothing else, as ``collect(_:for:in:)`` does.
    ///
    /// - Parameters:
    ///   - run: the one that goes on with what an earlier step left; nil for a new one.
    ///   - origin: who the audit log says it was, once something is removed.
    /// - Throws: ``StoreError/planHasChanged`` when the plan made again is another one, ``StoreError/runIsOver`` when
    ///   that run does not go on, both before anything is removed; ``StoreError/collectionUnderWay``,
    ///   ``StoreError/indexIsMissing``; ``BlobError`` and ``IndexError``.
    package func apply(
        _ plan: CollectionPlan.ID,
        goingOn run: CollectionRun.ID? = nil,
        by origin: Origin = .server,
        for time: Duration
    ) async throws -> CollectionStep {
        try await collectionTurn.run {
            // A moment to come would take what is not yet due: the clock was set back, or the id was made up.
            guard plan.moment <= .now(), try await planAgain(plan).id == plan else { throw StoreError.planHasChanged }
            try await refuseEmptyIndex()
            return try await collect(plan, for: time, in: try await running(.plan, of: plan, goingOn: run, by: origin))
        }
    }

    /// Removes what is due at a plan's moment, whatever its digest, unless it is most of the store.
    ///
    /// - Throws: ``StoreError/takesMost(bytes:of:)``; what ``apply(_:goingOn:for:)`` throws.
    package func collectDue(
        at plan: CollectionPlan.ID,
        startedBy trigger: CollectionRun.Trigger,
        goingOn run: CollectionRun.ID? = nil,
        by origin: Origin = .server,
        for time: Duration
    ) async throws -> CollectionStep {
        try await collectionTurn.run {
            try await refuseLargeShare(try await planAgain(plan))
            try await refuseEmptyIndex()
            return try await collect(
                plan,
                for: time,
                in: try await running(trigger, of: plan, goingOn: run, by: origin)
            )
        }
    }

    private func running(
        _ trigger: CollectionRun.Trigger,
        of plan: CollectionPlan.ID,
        goingOn id: CollectionRun.ID?,
        by origin: Origin
    ) async throws -> RunningCollection {
        guard let id else { return RunningCollection(trigger, of: plan, by: origin, undoneWithin: undoWindow) }
        let known = try await index.read { try $0.collectionRun(id) }
        guard let known, known.startedBy == trigger, known.undoneAt == nil else { throw StoreError.runIsOver }
        return RunningCollection(trigger, of: plan, id: id, by: origin, undoneWithin: undoWindow)
    }

    /// Removes what is due at a plan's moment, whatever its digest, in batches, and stops when `time` is over or its
    /// task is cancelled. What is left is a plan of the same moment, under an id of its own.
    ///
    /// It is exact beside uploads of the same bytes: a blob's row goes in a unit that a new attachment refuses, and a
    /// later upload publishes under another key (invariants 3 and 6). A crash leaves doomed keys at most, which the next
    /// start removes when they are due.
    ///
    /// - Throws: ``BlobError`` and ``IndexError``. What was removed until then stays so.
    func collect(
        _ plan: CollectionPlan.ID,
        for time: Duration,
        in run: RunningCollection
    ) async throws -> CollectionStep {
        let end = ContinuousClock.now + time
        var done = CollectionReport()
        defer { collected.add(done) }
        var (last, isWhole) = ("", false)
        // A crash may have left some.
        try await removeDueKeys(until: end)
        while !isWhole {
            let digests = try await index.read { [last] in
                try $0.collectableBlobs(of: plan, after: last, limit: Sweep.batch)
            }
            if let newLast = digests.last {
                try await take(digests, of: plan, in: run, &done)
                try await removeDueKeys(until: end)
                last = newLast
            } else {
                let count = try await index.write(as: run.origin, for: .upkeep) {
                    try $0.removeFiles(of: plan, in: run, limit: Sweep.batch)
                }
                done.expiredFiles += count
                isWhole = count < Sweep.batch
            }
            try Task.checkCancellation()
            if ContinuousClock.now >= end { break }
        }
        let (known, heldUntil) = try await index.read { (try $0.collectionRun(run.id), try $0.removalHold(at: .now())) }
        return CollectionStep(done: done, rest: try await planAgain(plan), run: known, heldUntil: heldUntil)
    }

    private func take(
        _ digests: [String],
        of plan: CollectionPlan.ID,
        in run: RunningCollection,
        _ done: inout CollectionReport
    ) async throws {
        for start in stride(from: 0, to: digests.count, by: Self.blobsPerUnit) {
            let unit = digests[start..<min(start + Self.blobsPerUnit, digests.count)]
            let taken = try await index.write(as: run.origin, for: .upkeep) {
                try $0.collectBlobs(unit, of: plan, in: run)
            }
            FaultPoint.reached(.doomed)
            done.blobs.count += taken.count
            done.blobs.bytes += taken.bytes
        }
    }

    private func planAgain(_ plan: CollectionPlan.ID) async throws -> CollectionPlan {
        try await index.read { try $0.collectionPlan(at: plan.moment, grace: plan.grace) }
    }
}
