import Index

/// What one collection did.
package struct CollectionReport: Sendable, Equatable {
    /// Unattached files whose time was over.
    package var expiredFiles = 0
    package var blobs = CollectedBlobs()

    package init(expiredFiles: Int = 0, blobs: CollectedBlobs = CollectedBlobs()) {
        (self.expiredFiles, self.blobs) = (expiredFiles, blobs)
    }

    package var isEmpty: Bool { self == CollectionReport() }
}

extension FileStore {
    /// How long bytes stay after the last file that had them, before the collector takes them.
    package static let collectionGrace = Duration.seconds(24 * 60 * 60)
    /// Between two collections.
    private static let collectionPause = Duration.seconds(60 * 60)

    /// Collects at once and then every hour, until the task is cancelled.
    ///
    /// - Throws: ``BlobError`` and ``IndexError``. What was collected until then stays so; the next run goes on.
    package func collectHourly(_ report: @Sendable (CollectionReport) -> Void) async throws {
        while true {
            report(try await collect(grace: Self.collectionGrace))
            try await Task.sleep(for: Self.collectionPause)
        }
    }

    /// Deletes unattached files whose time is over, then blobs that no file has had for `grace`, and their bytes.
    ///
    /// In batches, so that other writers do not wait long. It is exact beside uploads of the same bytes: a blob's row
    /// goes in a unit that a new attachment refuses, and a later upload publishes under another key (invariants 3 and
    /// 6). A crash leaves doomed keys at most, which the next start removes.
    package func collect(grace: Duration) async throws -> CollectionReport {
        var report = CollectionReport()
        var expired: Int
        repeat {
            try Task.checkCancellation()
            expired = try await index.write(for: .upkeep) { tx in try tx.removeExpiredFiles(limit: Sweep.batch) }
            report.expiredFiles += expired
        } while expired == Sweep.batch
        var taken: CollectedBlobs
        repeat {
            try Task.checkCancellation()
            taken = try await index.write(for: .upkeep) { tx in
                try tx.collectBlobs(unreferencedSince: tx.now + (.zero - grace), limit: Sweep.batch)
            }
            report.blobs.count += taken.count
            report.blobs.bytes += taken.bytes
            try await removeDueKeys()
        } while taken.count == Sweep.batch
        collected.add(report)
        return report
    }

    /// Removes what a plan takes and nothing else, as ``collect(_:for:)`` does.
    ///
    /// - Throws: ``StoreError/planHasChanged`` when the plan made again is another one, before anything is removed;
    ///   ``BlobError`` and ``IndexError``.
    package func apply(
        _ plan: CollectionPlan.ID,
        for time: Duration
    ) async throws -> (done: CollectionReport, rest: CollectionPlan) {
        // A moment to come would take what is not yet due: the clock was set back, or the id was made up.
        guard plan.moment <= .now(), try await planAgain(plan).id == plan else { throw StoreError.planHasChanged }
        return try await collect(plan, for: time)
    }

    /// Removes what is due at a plan's moment, whatever its digest, in batches, and stops when `time` is over or its
    /// task is cancelled. What is left is a plan of the same moment, under an id of its own.
    ///
    /// - Throws: ``BlobError`` and ``IndexError``. What was removed until then stays so.
    package func collect(
        _ plan: CollectionPlan.ID,
        for time: Duration
    ) async throws -> (done: CollectionReport, rest: CollectionPlan) {
        let end = ContinuousClock.now + time
        var done = CollectionReport()
        var batch: Int
        repeat {
            try Task.checkCancellation()
            let taken = try await index.write(for: .upkeep) { tx in
                try tx.collectBlobs(of: plan, limit: Sweep.batch)
            }
            try await removeDueKeys()
            done.blobs.count += taken.count
            done.blobs.bytes += taken.bytes
            batch = taken.count
            if batch < Sweep.batch {
                batch = try await index.write(for: .upkeep) { tx in try tx.removeFiles(of: plan, limit: Sweep.batch) }
                done.expiredFiles += batch
            }
        } while batch == Sweep.batch && ContinuousClock.now < end
        collected.add(done)
        return (done, try await planAgain(plan))
    }

    private func planAgain(_ plan: CollectionPlan.ID) async throws -> CollectionPlan {
        try await index.read { try $0.collectionPlan(at: plan.moment, grace: plan.grace) }
    }
}
