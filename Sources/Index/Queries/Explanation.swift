/// Why a content is stored, or is not: what the rows know of it.
package struct BlobExplanation: Sendable, Equatable {
    package enum State: String, Sendable, CaseIterable {
        /// Files have it.
        case kept
        /// No file has it, and the collector has not taken it.
        case unreferenced
        /// A run took it, and it can still be brought back.
        case collected
        /// Its bytes are on the disk until somebody removes them, and nothing brings it back.
        case doomed
        /// No row knows it.
        case unknown
    }

    /// How many files are named.
    package static let mostFiles = 20

    package let state: State
    /// Nil for a file of which no row knows the content.
    package var sha256: String?
    /// In bytes; nil, as the next one, when nothing brings it back.
    package var size: Int?
    package var createdAt: Timestamp?
    /// When a check found other bytes, which are not served.
    package var damagedAt: Timestamp?
    /// Those that were stored first, but the one that was asked about before all.
    package var files: [KeepingFile] = []
    package var fileCount = 0
    /// Since when no file has it, while it is unreferenced.
    package var since: Timestamp?
    /// How it lost its last file, and the channel of that one.
    package var reason: CollectionPlan.Reason?
    package var channelID: Agent.ID?
    /// When the schedule takes it at the earliest, if a server runs until then.
    package var dueAt: Timestamp?
    /// The run that took it.
    package var run: CollectionRun?
    /// From when on its bytes are removed.
    package var removedFrom: Timestamp?
    /// Until when a backup holds that back.
    package var heldUntil: Timestamp?
    /// The file that was asked about.
    package var file: FileFate?

    init(_ state: State, of sha256: String? = nil) {
        (self.state, self.sha256) = (state, sha256)
    }
}

/// A file because of which a content is kept, and whose it is. It has no name here: that is its user's affair.
package struct KeepingFile: Sendable, Equatable, Identifiable, RowReadable {
    package let id: Attachment.ID
    package let channelID: Agent.ID
    /// Nil when the channel is deleted, and its rows are not removed yet.
    package let channelName: String?
    package let userID: User.ID
    package let email: String
    /// Nil while it is unattached.
    package let messageID: Message.ID?
    package let createdAt: Timestamp
    package let expiresAt: Timestamp?

    init(row: inout Row) {
        id = row.next()
        channelID = row.next()
        channelName = row.next()
        userID = row.next()
        email = row.next()
        messageID = row.next()
        createdAt = row.next()
        expiresAt = row.next()
    }
}

/// What became of one file.
package struct FileFate: Sendable, Equatable {
    package enum State: String, Sendable, CaseIterable {
        case kept
        /// A run took it because its time was over, and it can still be brought back.
        case collected
        /// Somebody deleted it, as the audit log says.
        case deleted
        /// It went in a way that nobody noted, with its message or channel or because its time was over. The audit log
        /// knows it.
        case gone
        /// No row knows it.
        case unknown
    }

    package let id: Attachment.ID
    package let state: State
    /// When it was deleted; of one that is gone, when something was last done with it.
    package var at: Timestamp?
    /// The run that took it, and until when that can be undone.
    package var runID: CollectionRun.ID?
    package var undoUntil: Timestamp?
}

extension Querying {
    /// Why a content is there, or is not. Every row is found by an index. All files that have it are counted.
    ///
    /// - Parameters:
    ///   - sha256: in lower-case hex.
    ///   - file: the one to be named first.
    ///   - grace: how long the schedule leaves what no file has.
    package func explanation(
        ofContent sha256: String,
        naming file: Attachment.ID? = nil,
        at now: Timestamp,
        grace: Duration
    ) throws -> BlobExplanation {
        guard let blob = try blob(sha256: sha256) else { return try explanation(ofRemoved: sha256, at: now) }
        let lost: LostFile? = try one(SQL.lost, [sha256])
        var explained = BlobExplanation(lost == nil ? .kept : .unreferenced, of: sha256)
        (explained.size, explained.createdAt) = (blob.size, blob.createdAt)
        explained.damagedAt = try one("SELECT damaged_at FROM blobs WHERE sha256 = ?", [sha256])
        if let lost {
            explained.since = lost.time
            (explained.reason, explained.channelID) = (lost.reason, lost.channelID)
            explained.dueAt = try earliestCollection(ofUnreferencedSince: lost.time, at: now, grace: grace)
        } else {
            let first: KeepingFile? = try file.flatMap { try one(SQL.keepingFile, [$0]) }
            let others: [KeepingFile] = try all(text(of: SQL.keepingFiles), [sha256, BlobExplanation.mostFiles])
            let all = [first].compactMap(\.self) + others.filter { $0.id != first?.id }
            explained.files = Array(all.prefix(BlobExplanation.mostFiles))
            explained.fileCount = try one("SELECT count(*) FROM attachments WHERE sha256 = ?", [sha256]) ?? 0
        }
        return explained
    }

    /// The same for a file, and its own fate.
    package func explanation(ofFile id: Attachment.ID, at now: Timestamp, grace: Duration) throws -> BlobExplanation {
        let taken: TakenFile? = try one(SQL.takenFile, [id])
        let sha256: String? = try one("SELECT sha256 FROM attachments WHERE id = ?", [id])
        var explained = BlobExplanation(.unknown)
        if let known = sha256 ?? taken?.sha256 {
            explained = try explanation(ofContent: known, naming: id, at: now, grace: grace)
        }
        explained.file = sha256 == nil ? try fate(ofFile: id, taken) : FileFate(id: id, state: .kept)
        return explained
    }

    private func fate(ofFile id: Attachment.ID, _ taken: TakenFile?) throws -> FileFate {
        if let taken { return FileFate(id: id, state: .collected, runID: taken.runID, undoUntil: taken.until) }
        guard let last: LastDeed = try one(SQL.lastDeed, [id]) else { return FileFate(id: id, state: .unknown) }
        return FileFate(id: id, state: last.action == .fileDeleted ? .deleted : .gone, at: last.time)
    }

    private func explanation(ofRemoved sha256: String, at now: Timestamp) throws -> BlobExplanation {
        let keys: Arguments = ["\(keyStart(sha256)).", "\(keyStart(sha256))/"]
        guard let removedFrom: Timestamp = try one(SQL.doomed, keys) else {
            return BlobExplanation(.unknown, of: sha256)
        }
        let taken: TakenBlob? = try one(SQL.takenBlob, keys)
        var explained = BlobExplanation(taken == nil ? .doomed : .collected, of: sha256)
        (explained.size, explained.createdAt) = (taken?.size, taken?.createdAt)
        (explained.reason, explained.channelID) = (taken?.reason, taken?.channelID)
        explained.run = try taken.flatMap { try collectionRun($0.runID) }
        explained.removedFrom = removedFrom
        explained.heldUntil = try removalHold(at: now).flatMap { $0 > removedFrom ? $0 : nil }
        return explained
    }

    /// What all keys of a digest begin with. After it comes a full stop, and next in order is the slash.
    private func keyStart(_ sha256: String) -> String { "sha256/\(sha256.prefix(2))/\(sha256.dropFirst(2))" }
}

/// How and when a blob lost its last file.
private struct LostFile: RowReadable {
    let time: Timestamp
    let reason: CollectionPlan.Reason
    let channelID: Agent.ID

    init(row: inout Row) {
        time = row.next()
        reason = row.next()
        channelID = row.next()
    }
}

/// A blob that can be brought back.
private struct TakenBlob: RowReadable {
    let runID: CollectionRun.ID
    let size: Int
    let createdAt: Timestamp
    let reason: CollectionPlan.Reason
    let channelID: Agent.ID

    init(row: inout Row) {
        runID = row.next()
        size = row.next()
        createdAt = row.next()
        reason = row.next()
        channelID = row.next()
    }
}

/// A file that can be brought back.
private struct TakenFile: RowReadable {
    let runID: CollectionRun.ID
    let until: Timestamp
    let sha256: String

    init(row: inout Row) {
        runID = row.next()
        until = row.next()
        sha256 = row.next()
    }
}

/// The last that the audit log has about a file.
private struct LastDeed: RowReadable {
    let action: AuditEntry.Action
    let time: Timestamp

    init(row: inout Row) {
        action = row.next()
        time = row.next()
    }
}

private enum SQL {
    static let lost = "SELECT since, reason, channel_id FROM unreferenced_blobs WHERE sha256 = ?"
    /// In the order of the index by content: any some of them will do.
    static let keepingFiles = Dialects(
        sqlite: "\(keeping) WHERE sha256 = ? ORDER BY attachments.rowid LIMIT ?",
        postgreSQL: "\(keeping) WHERE sha256 = ? ORDER BY attachments.id LIMIT ?"
    )
    static let keepingFile = "\(keeping) WHERE attachments.id = ?"
    static let takenFile = "SELECT run_id, until, sha256 FROM collected_files WHERE id = ?"
    static let lastDeed = """
        SELECT action, at FROM audit WHERE subject = ? AND action >= 'file.' AND action < 'file/'
        ORDER BY number DESC LIMIT 1
        """
    // Of several keys of one digest the last is the one that was published last.
    static let doomed = """
        SELECT not_before FROM doomed_keys WHERE key > ? AND key < ? AND state IN ('abandoned', 'doomed')
        ORDER BY key DESC LIMIT 1
        """
    static let takenBlob = """
        SELECT run_id, size, created_at, reason, channel_id FROM collected_blobs
        WHERE key > ? AND key < ? ORDER BY key DESC LIMIT 1
        """
    private static let keeping = """
        SELECT attachments.id, channel_id, CASE WHEN agents.removed_at IS NULL THEN name END, users.id, email,
            message_id, attachments.created_at, expires_at
        FROM attachments CROSS JOIN agents ON agents.id = channel_id CROSS JOIN users ON users.id = user_id
        """
}
