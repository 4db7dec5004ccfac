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

extension FileStore {
    /// How long bytes stay after the last file that had them, before the collector takes them.
    package static let collectionGrace = Duration.seconds(24 * 60 * 60)
    /// What one unit takes: a few milliseconds of the writer's time.
    private static let blobsPerUnit = 128

    /// Removes what a plan takes and nothing else, as ``collect(_:for:)`` does.
    ///
    /// - Throws: ``StoreError/planHasChanged`` when the plan made again is another one, before anything is removed;
    ///   ``StoreError/collectionUnderWay``, ``StoreError/indexIsMissing``; ``BlobError`` and ``IndexError``.
    package func apply(
        _ plan: CollectionPlan.ID,
        for time: Duration
    ) async throws -> (done: CollectionReport, rest: CollectionPlan) {
        try await collectionTurn.run {
            // A moment to come would take what is not yet due: the clock was set back, or the id was made up.
            guard plan.moment <= .now(), try await planAgain(plan).id == plan else { throw StoreError.planHasChanged }
            try await refuseEmptyIndex()
            return try await collect(plan, for: time)
        }
    }

    /// Removes what is due at a plan's moment, whatever its digest, unless it is most of the store.
    ///
    /// - Throws: ``StoreError/takesMost(bytes:of:)``; what ``apply(_:for:)`` throws.
    package func collectDue(
        at plan: CollectionPlan.ID,
        for time: Duration
    ) async throws -> (done: CollectionReport, rest: CollectionPlan) {
        try await collectionTurn.run {
            try await refuseLargeShare(try await planAgain(plan))
            try await refuseEmptyIndex()
            return try await collect(plan, for: time)
        }
    }

    /// Removes what is due at a plan's moment, whatever its digest, in batches, and stops when `time` is over or its
    /// task is cancelled. What is left is a plan of the same moment, under an id of its own.
    ///
    /// It is exact beside uploads of the same bytes: a blob's row goes in a unit that a new attachment refuses, and a
    /// later upload publishes under another key (invariants 3 and 6). A crash leaves doomed keys at most, which the next
    /// start removes.
    ///
    /// - Throws: ``BlobError`` and ``IndexError``. What was removed until then stays so.
    func collect(
        _ plan: CollectionPlan.ID,
        for time: Duration
    ) async throws -> (done: CollectionReport, rest: CollectionPlan) {
        let end = ContinuousClock.now + time
        var done = CollectionReport()
        defer { collected.add(done) }
        var (last, isWhole) = ("", false)
        // A crash may have left some.
        try await removeDueKeys()
        while !isWhole {
            let digests = try await index.read { [last] in
                try $0.collectableBlobs(of: plan, after: last, limit: Sweep.batch)
            }
            if let end = digests.last {
                try await take(digests, of: plan, &done)
                last = end
            } else {
                let count = try await index.write(for: .upkeep) { try $0.removeFiles(of: plan, limit: Sweep.batch) }
                done.expiredFiles += count
                isWhole = count < Sweep.batch
            }
            try Task.checkCancellation()
            if ContinuousClock.now >= end { break }
        }
        return (done, try await planAgain(plan))
    }

    private func take(
        _ digests: [String],
        of plan: CollectionPlan.ID,
        _ done: inout CollectionReport
    ) async throws {
        for start in stride(from: 0, to: digests.count, by: Self.blobsPerUnit) {
            let unit = digests[start..<min(start + Self.blobsPerUnit, digests.count)]
            let taken = try await index.write(for: .upkeep) { try $0.collectBlobs(unit, of: plan) }
            done.blobs.count += taken.count
            done.blobs.bytes += taken.bytes
        }
        try await removeDueKeys()
    }

    private func planAgain(_ plan: CollectionPlan.ID) async throws -> CollectionPlan {
        try await index.read { try $0.collectionPlan(at: plan.moment, grace: plan.grace) }
    }
}
