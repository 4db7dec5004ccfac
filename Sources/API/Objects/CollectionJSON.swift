import Index

// The command line reads these again, and prints them with `--json` as they are here.

/// What a collection would take. All sizes are in bytes.
package struct CollectionPlanJSON: Codable, Sendable {
    /// The name to apply it by.
    package let id: String
    package let plannedAt: Timestamp
    package let graceSeconds: Int64
    /// Unattached files whose time is over.
    package let files: AmountJSON
    /// Contents that no file has had for the grace.
    package let blobs: AmountJSON
    /// When the first of them expired or lost its last file.
    @OrNull package var oldest: Timestamp?
    /// The contents by how they lost their last file.
    package let byReason: Reasons
    /// The contents by the channel of their last file, the most bytes first.
    package let byChannel: [ChannelShare]

    package struct Reasons: Codable, Sendable {
        package let expired: AmountJSON
        package let fileDeleted: AmountJSON
        package let messageDeleted: AmountJSON
        package let ageLimit: AmountJSON
        package let channelDeleted: AmountJSON
    }

    package struct ChannelShare: Codable, Sendable {
        package let channelId: Agent.ID
        @OrNull package var name: String?
        package let blobs: AmountJSON
    }

    package init(_ plan: CollectionPlan) {
        id = plan.id.description
        plannedAt = plan.id.moment
        graceSeconds = plan.id.grace.components.seconds
        files = AmountJSON(plan.files)
        blobs = AmountJSON(plan.blobs)
        oldest = plan.oldest
        func amount(_ reason: CollectionPlan.Reason) -> AmountJSON {
            AmountJSON(plan.byReason[reason] ?? StoredAmount())
        }
        byReason = Reasons(
            expired: amount(.expired),
            fileDeleted: amount(.fileDeleted),
            messageDeleted: amount(.messageDeleted),
            ageLimit: amount(.ageLimit),
            channelDeleted: amount(.channelDeleted)
        )
        byChannel = plan.byChannel.map {
            ChannelShare(channelId: $0.channelID, name: $0.name, blobs: AmountJSON($0.blobs))
        }
    }
}

/// What one request removed of a plan, and the plan of what is left: empty when all is done.
package struct CollectionStepJSON: Codable, Sendable {
    package let expiredFiles: Int
    package let blobs: AmountJSON
    package let rest: CollectionPlanJSON
    /// Null while nothing was removed.
    @OrNull package var run: CollectionRunJSON?
    /// Until when a backup keeps all bytes on the disk, or longer while it goes on; null while there is none.
    @OrNull package var heldUntil: Timestamp?

    package init(
        expiredFiles: Int,
        blobs: CollectedBlobs,
        rest: CollectionPlan,
        run: CollectionRun?,
        heldUntil: Timestamp?
    ) {
        self.expiredFiles = expiredFiles
        self.blobs = AmountJSON(blobs)
        self.rest = CollectionPlanJSON(rest)
        self.run = run.map(CollectionRunJSON.init)
        self.heldUntil = heldUntil
    }
}

/// What a collection took, in all its steps.
package struct CollectionRunJSON: Codable, Sendable, Identifiable {
    package let id: CollectionRun.ID
    package let startedBy: CollectionRun.Trigger
    package let beganAt: Timestamp
    package let endedAt: Timestamp
    package let expiredFiles: Int
    package let blobs: AmountJSON
    /// Null when the bytes went at once.
    @OrNull package var undoUntil: Timestamp?
    @OrNull package var undoneAt: Timestamp?

    package init(_ run: CollectionRun) {
        (id, startedBy, beganAt, endedAt) = (run.id, run.startedBy, run.beganAt, run.endedAt)
        (expiredFiles, blobs) = (run.files, AmountJSON(run.blobs))
        undoUntil = run.undoUntil
        undoneAt = run.undoneAt
    }
}

/// What one request brought back of a run, and how much is left of it.
package struct CollectionUndoJSON: Codable, Sendable {
    package private(set) var files: Int
    package private(set) var blobs: AmountJSON
    /// Contents that an upload has stored again meanwhile.
    package private(set) var storedAgain: Int
    /// Files and contents that cannot come back.
    package private(set) var lost: Int
    package private(set) var rest: Int

    package init(_ done: UndoneCollection, rest: Int) {
        files = done.files
        blobs = AmountJSON(done.blobs)
        storedAgain = done.storedAgain
        lost = done.lost
        self.rest = rest
    }

    /// Adds what the next request brought back.
    package static func += (sum: inout Self, next: Self) {
        sum.files += next.files
        sum.blobs += next.blobs
        sum.storedAgain += next.storedAgain
        sum.lost += next.lost
        sum.rest = next.rest
    }
}
