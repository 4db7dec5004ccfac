import Blobs
import Index

/// One thing that is wrong with the store.
package struct Fault: Sendable, Equatable {
    package enum Kind: String, Sendable {
        /// A row has no file.
        case missing
        /// The file of a row has another length.
        case wrongLength
        /// The file of a row has the right length, and another digest.
        case wrongBytes
        /// The file of a row cannot be read because of what it is on the disk. It stays where it is.
        case unreadable
        /// A file has no row, and nothing is about to remove it.
        case orphan
        /// A row names a key that cannot be, or that of other bytes.
        case impossibleKey
        /// SQLite finds the index itself wrong.
        case index
    }

    package enum Repair: String, Sendable {
        /// The file is in `quarantine/`. If a row wants it, an upload of the right bytes mends it.
        case quarantined
        /// The file has the bytes that a damaged row wants, and belongs to it now.
        case adopted
    }

    package let kind: Kind
    /// The key that it is about; for `index` a sentence.
    package let subject: String
    package var repair: Repair?
}

/// What one piece of a check found.
package struct CheckReport: Sendable, Equatable {
    /// Contents that were looked at: rows. What a collection took and can bring back is none.
    package var count = 0
    /// How many bytes they have, as the index says.
    package var bytes: Int64 = 0
    package var faults: [Fault] = []
    /// Where the next piece begins; nil when all keys were looked at.
    package var next: BlobKey?
}

// The check compares index and files in the order of their keys, in pieces: who asks for them decides how far and how
// fast it goes, and may go on at any key. It runs beside uploads and the collector, so nothing is a fault before it was
// looked at again.
extension FileStore {
    /// How many rows and files are compared at a time.
    private static let checkBatch = 500
    /// A piece ends when it has found that many faults.
    private static let faultsPerPiece = 1000

    /// Compares rows and files both ways, and reads all bytes: from the key after `start` on, until the time is over.
    /// One content at least is read to its end.
    ///
    /// - Parameters:
    ///   - repairs: whether to mend what can be mended (``Fault/Repair``).
    ///   - rest: called now and then while one content is read, with the time that was spent since it was called last.
    /// - Throws: ``BlobError`` and ``IndexError``; `CancellationError`. What was repaired until then stays so.
    package func check(
        after start: BlobKey?,
        for time: Duration,
        repairs: Bool,
        rest: @Sendable (Duration) async throws -> Void = { _ in }
    ) async throws -> CheckReport {
        let end = ContinuousClock.now + time
        if start == nil { try await sweepLineIndexes() }
        var report = CheckReport(next: start)
        repeat {
            let (pairs, last) = try await pairs(after: report.next)
            for (key, row) in pairs {
                if let row, key.kind == .content {
                    report.count += 1
                    report.bytes += Int64(row.size)
                }
                if let fault = try await fault(at: key, row, repairs, rest) { report.faults.append(fault) }
                report.next = key
                let isEnd = last == nil && key == pairs.last?.key
                if !isEnd, ContinuousClock.now >= end || report.faults.count >= Self.faultsPerPiece { return report }
            }
            report.next = last
        } while report.next != nil
        return report
    }

    /// The next keys in order that have a file or a row, with their rows.
    ///
    /// - Returns: also the key after which more may follow; nil at the end.
    private func pairs(after start: BlobKey?) async throws -> (pairs: [(key: BlobKey, row: Blob?)], last: BlobKey?) {
        // Files first: a row that was committed in between is then found, and its file looked at.
        let files = try await blobs.list(after: start, limit: Self.checkBatch)
        let rows = try await index.read { try $0.rows(afterKey: start?.description ?? "", limit: Self.checkBatch) }
        let rowsByKey = Dictionary(rows.compactMap { row in BlobKey(row.key).map { ($0, row) } }) { first, _ in first }
        // A full list may have more, and what the other one has beyond its end is for the next round.
        let ends = [files.count, rows.count].map { $0 == Self.checkBatch }
        let last = zip(ends, [files.last, rows.last.flatMap { BlobKey($0.key) }]).compactMap { $0 ? $1 : nil }.min()
        let keys = Set(files).union(rowsByKey.keys).filter { key in last.map { key <= $0 } ?? true }
        return (keys.sorted().map { ($0, rowsByKey[$0]) }, last)
    }

    /// Lets SQLite check the index, and looks for keys that cannot be and for counts of files that are wrong. Nothing of
    /// this is repaired.
    ///
    /// Reads the whole index in one snapshot, which may take minutes and keeps a thread for as long. Returns 100 faults
    /// of each kind at most.
    package func checkIndex() async throws -> CheckReport {
        do {
            return try await index.read { reader in
                let problems = try reader.fileProblems() + reader.brokenReferences() + reader.wrongCounts()
                let impossible = try reader.impossibleKeys()
                return CheckReport(faults: problems.map { Fault(kind: .index, subject: $0) } + impossible)
            }
        } catch IndexError.damaged {
            let sentence = "The index is so damaged that it cannot be checked"
            return CheckReport(faults: [Fault(kind: .index, subject: sentence)])
        }
    }

    private func fault(
        at key: BlobKey,
        _ blob: Blob?,
        _ repairs: Bool,
        _ rest: @Sendable (Duration) async throws -> Void
    ) async throws -> Fault? {
        try Task.checkCancellation()
        guard let blob else {
            guard try await isOrphan(key) else { return nil }
            let repair = repairs ? try await takeOrphan(key) : nil
            return Fault(kind: .orphan, subject: key.description, repair: repair)
        }
        guard let kind = try await damage(of: blob, rest: rest) else {
            try await noteRightBytes(of: key)
            return nil
        }
        guard try await isReferenced(key) else { return nil }
        var fault = Fault(kind: kind, subject: key.description)
        // An unreadable file has no wrong bytes that had to go: another disk or cable may read it again.
        if repairs, kind == .wrongLength || kind == .wrongBytes, try await blobs.quarantine(key) {
            fault.repair = .quarantined
        }
        if fault.repair == nil, kind == .wrongBytes || kind == .unreadable {
            try await noteOtherBytes(of: key)
        } else {
            try await noteDamage(of: key)
        }
        return fault
    }

    /// What is wrong with the bytes of a row, of a file or of a part of an upload; nil when they are what it says.
    ///
    /// - Throws: ``BlobError`` when they cannot be read for a reason that may pass; ``IndexError``.
    func damage(
        of blob: Blob,
        rest: @Sendable (Duration) async throws -> Void = { _ in }
    ) async throws -> Fault.Kind? {
        guard let key = blob.possibleKey else { return .impossibleKey }
        guard let size = try await blobs.size(of: key) else { return .missing }
        guard size == Int64(blob.size) else { return .wrongLength }
        do {
            return try await blobs.digest(of: key, rest: rest) == key.digest ? nil : .wrongBytes
        } catch BlobError.notFound {
            return .missing
        } catch let error as BlobError where error.isUnreadable {
            return .unreadable
        }
    }
}

extension Reader {
    /// What has bytes, in the order of the keys: contents, and then parts of uploads as if they were contents.
    fileprivate func rows(afterKey key: String, limit: Int) throws -> [Blob] {
        let blobs = try blobs(afterKey: key, limit: limit)
        let parts = try parts(afterKey: key, limit: limit - blobs.count)
        return blobs
            + parts.map { part in
                let digest = BlobKey(part.key)?.digest.hex ?? ""
                return Blob(sha256: digest, key: part.key, size: part.size, crc32: 0, createdAt: .now())
            }
    }
}
