import Index

/// What one collection did.
package struct CollectionReport: Sendable, Equatable {
    /// Unattached files whose time was over.
    package var expiredFiles = 0
    package var blobs = CollectedBlobs()

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
        return report
    }
}
