import Blobs
import FoundationEssentials
import Index
import NIOPosix

/// Moves a store to another index, to other bytes, or to both, beside whoever serves it.
///
/// Contents go first, while the server serves, under the same keys, and then all rows. What has changed meanwhile
/// follows until little is left. Then nobody may write any more, and the rest goes. Two stores never both go on. Three
/// commits see to that, and each place says in `store.moved_to` where the store is:
///
///     commit                    old index     new index     a crash after it leaves
///     --------------------------------------------------------------------------------------------------------
///     (before)                  -             nothing       the old store, which notes changes; copies of contents
///     1  the rows               -             the old one   the old store; the next run fills the new one again
///     2  the old index leaves   the new one   the old one   nobody writes; the next run takes the last step
///     3  the new index opens    the new one   -             the new store
///
/// When the bytes move alone there is one index: commit 2 is all, and the server that starts with the new bytes takes the
/// note away. Nothing is removed at the old place.
package final class Move {
    private static let hold = "move"
    /// A hold of removal lasts for ten minutes.
    private static let holdPause = Duration.seconds(60)
    /// So few contents and rows wait for the switch.
    private static let (fewContents, fewRows) = (50, 500)

    private let storage: String
    private let (old, new): (StorePlace, StorePlace)
    private let source: MoveSource
    /// Nil when the index stays.
    private let target: MoveTarget?
    /// Nil when the bytes stay.
    private let contents: ContentMove?
    private var copies: ContentCopies
    private let tell: (MoveProgress) throws -> Void
    private var outcome = MoveOutcome()
    /// When removal was last held back.
    private var heldAt: ContinuousClock.Instant?

    /// Opens both places, and checks what can be checked without writing.
    ///
    /// - Parameters:
    ///   - storage: the folder of this node.
    ///   - reserve: how many bytes of its disk are to stay free.
    /// - Throws: ``MoveError``, ``IndexError`` and ``BlobError``.
    package init(
        of storage: String,
        from old: StorePlace,
        to new: StorePlace,
        reserve: Int64,
        threads: NIOThreadPool,
        _ tell: @escaping (MoveProgress) throws -> Void
    ) throws {
        (self.storage, self.old, self.new, self.tell) = (storage, old, new, tell)
        do {
            source = try MoveSource(at: old.index)
        } catch IndexError.unknownSchema {
            throw MoveError.noIndex
        }
        let bytesMove = old.bucket?.location != new.bucket?.location
        do {
            target = old.index == new.index ? nil : try MoveTarget(at: new.index, of: source.storeID)
        } catch IndexError.foreignStore {
            throw MoveError.indexOfAnother
        } catch IndexError.unknownSchema {
            throw MoveError.indexInUse
        }
        guard source.movedTo == nil else {
            (contents, copies) = (nil, ContentCopies(source, nil, reserve: reserve))
            return
        }
        guard target != nil || bytesMove else { throw MoveError.samePlace }
        if target?.isInUse == true { throw MoveError.indexInUse }
        if bytesMove, target == nil, case .postgreSQL = new.index { throw MoveError.sharedBytes }
        contents =
            switch (old.bucket, new.bucket) {
            case _ where !bytesMove: nil
            case (nil, let bucket?): try ContentMove(.toBucket, folder: storage, bucket: bucket, threads: threads)
            case (let bucket?, nil): try ContentMove(.toFolder, folder: storage, bucket: bucket, threads: threads)
            default: throw MoveError.betweenBuckets
            }
        copies = ContentCopies(source, contents, reserve: reserve)
    }

    /// Moves the store, or finishes what an earlier run has begun.
    ///
    /// - Throws: ``MoveError``, ``IndexError`` and ``BlobError``. The same move goes on then.
    package func run() async throws -> MoveOutcome {
        if let place = source.movedTo {
            guard place == new.description else { throw MoveError.storeHasMoved(place) }
            // Somebody may have made another database in its place.
            guard target.map({ $0.isFilled || $0.isInUse }) ?? true else { throw MoveError.storeHasMoved(place) }
            outcome.wasMoved = true
            try finish()
            return outcome
        }
        do {
            try await moveContents()
            try fillTarget()
            try await followChanges()
            try await leave()
        } catch {
            source.unlock()
            target?.abandon()
            source.endNotes()
            try? source.endRemovalHold(Self.hold)
            await contents?.close()
            throw explained(error)
        }
        await contents?.close()
        try finish()
        return outcome
    }

    /// While the server serves.
    private func moveContents() async throws {
        guard let contents else { return }
        // First, so that nothing is written anywhere that does not fit.
        try await copies.checkRoom()
        let owner = try await contents.claimBucket(for: source.storeID)
        guard owner == source.storeID else { throw MoveError.bucketIsNotOurs(owner: owner) }
        try await copyContents(looking: true)
    }

    /// What came during a pass is for the next one, unless it is little, or will not become less.
    private func copyContents(looking: Bool) async throws {
        var (last, count) = (Int.max, try await copies.pass(looking: looking, tellAndHold))
        while count >= Self.fewContents, count < last / 2 {
            (last, count) = (count, try await copies.pass(looking: false, tellAndHold))
        }
        try copies.checkWhole()
    }

    /// What is copied stays known meanwhile, by a row or as a doomed key.
    private func tellAndHold(_ step: MoveProgress) throws {
        try tell(step)
        if let heldAt, ContinuousClock.now - heldAt < Self.holdPause { return }
        try source.holdRemoval(Self.hold)
        heldAt = .now
    }

    /// While the server serves.
    private func fillTarget() throws {
        guard let target else { return }
        let all = try source.rowCount()
        try target.fill(from: source, bytesMove: contents != nil, leavingStoreAt: old.description) { [self] count in
            outcome.rowCount += count
            FaultPoint.reached(.rowsMoved)
            try tellAndHold(.rows(done: outcome.rowCount, of: max(all, outcome.rowCount)))
        }
    }

    /// To copy everything took long, so much may have changed. Each time there is less to bring over.
    private func followChanges() async throws {
        guard let target else { return }
        if contents != nil { try await copyContents(looking: false) }
        var (last, count) = (Int.max, try target.follow())
        FaultPoint.reached(.rowsFollowed)
        while count >= Self.fewRows, count < last / 2 {
            outcome.rowCount += count
            try tellAndHold(.rows(done: outcome.rowCount, of: outcome.rowCount))
            (last, count) = (count, try target.follow())
            FaultPoint.reached(.rowsFollowed)
        }
        outcome.rowCount += count
    }

    /// The switch: nobody can write until the store is at its new place.
    private func leave() async throws {
        do {
            try source.lock()
        } catch IndexError.busy, IndexError.unavailable {
            throw MoveError.noLock
        }
        let start = ContinuousClock.now
        try tell(.locked)
        if contents != nil {
            _ = try await copies.pass(looking: false, tell)
            try copies.checkWhole()
        }
        outcome.rowCount += try target?.complete() ?? 0
        FaultPoint.reached(.targetMarked)
        try source.leave(for: new.description, endingHold: Self.hold)
        FaultPoint.reached(.sourceMarked)
        outcome.lockedFor = ContinuousClock.now - start
        (outcome.copied, outcome.orphanCount) = (copies.copied, copies.orphanCount)
    }

    private func explained(_ error: any Error) -> any Error {
        switch error {
        case IndexError.foreignStore: MoveError.indexInUse
        case IndexError.notesGone: MoveError.disturbed
        case IndexError.moved(let place): MoveError.storeHasMoved(place)
        default: error
        }
    }

    /// Lets this folder know where its store is, and the new index that it is the one. May be done again.
    private func finish() throws {
        try FolderNote.bucket.write(new.bucket?.text, in: storage)
        if case .postgreSQL(let server) = new.index {
            try FolderNote.index.write(server.address, in: storage)
        } else {
            try FolderNote.adopt(storage, by: source.storeID)
            try FolderNote.index.write(nil, in: storage)
        }
        try target?.open()
        FaultPoint.reached(.arrived)
        try tell(.arrived)
        source.endNotes()
        try target?.makeWhole()
    }
}

extension IndexLocation {
    fileprivate static func == (left: Self, right: Self) -> Bool {
        switch (left, right) {
        case (.file(let left), .file(let right)): left == right
        case (.postgreSQL(let left), .postgreSQL(let right)): left.address == right.address
        default: false
        }
    }
}
