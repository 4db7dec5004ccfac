import Index

/// What a collection would take. All sizes are in bytes.
package struct CollectionPlanJSON: Encodable, Sendable {
    /// The name to apply it by.
    let id: String
    let plannedAt: Timestamp
    let graceSeconds: Int64
    /// Unattached files whose time is over.
    let files: AmountJSON
    /// Contents that no file has had for the grace.
    let blobs: AmountJSON
    /// When the first of them expired or lost its last file.
    @OrNull var oldest: Timestamp?
    /// The contents by how they lost their last file.
    let byReason: Reasons
    /// The contents by the channel of their last file, the most bytes first.
    let byChannel: [ChannelShare]

    struct Reasons: Encodable, Sendable {
        let expired: AmountJSON
        let fileDeleted: AmountJSON
        let messageDeleted: AmountJSON
        let channelDeleted: AmountJSON
    }

    struct ChannelShare: Encodable, Sendable {
        let channelId: Agent.ID
        @OrNull var name: String?
        let blobs: AmountJSON
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
            channelDeleted: amount(.channelDeleted)
        )
        byChannel = plan.byChannel.map {
            ChannelShare(channelId: $0.channelID, name: $0.name, blobs: AmountJSON($0.blobs))
        }
    }
}

/// What one request removed of a plan, and the plan of what is left: empty when all is done.
package struct CollectionStepJSON: Encodable, Sendable {
    let expiredFiles: Int
    let blobs: AmountJSON
    let rest: CollectionPlanJSON
    /// Null while nothing was removed.
    @OrNull var run: CollectionRunJSON?

    package init(expiredFiles: Int, blobs: CollectedBlobs, rest: CollectionPlan, run: CollectionRun?) {
        self.expiredFiles = expiredFiles
        self.blobs = AmountJSON(blobs)
        self.rest = CollectionPlanJSON(rest)
        self.run = run.map(CollectionRunJSON.init)
    }
}

/// What a collection took, in all its steps.
package struct CollectionRunJSON: Encodable, Sendable {
    let id: CollectionRun.ID
    let startedBy: CollectionRun.Trigger
    let beganAt: Timestamp
    let endedAt: Timestamp
    let expiredFiles: Int
    let blobs: AmountJSON
    /// Null when the bytes went at once.
    @OrNull var undoUntil: Timestamp?
    @OrNull var undoneAt: Timestamp?

    package init(_ run: CollectionRun) {
        (id, startedBy, beganAt, endedAt) = (run.id, run.startedBy, run.beganAt, run.endedAt)
        (expiredFiles, blobs) = (run.files, AmountJSON(run.blobs))
        undoUntil = run.undoUntil
        undoneAt = run.undoneAt
    }
}

/// What one request brought back of a run, and how much is left of it.
package struct CollectionUndoJSON: Encodable, Sendable {
    let files: Int
    let blobs: AmountJSON
    /// Contents that an upload has stored again meanwhile.
    let storedAgain: Int
    /// Files and contents that cannot come back.
    let lost: Int
    let rest: Int

    package init(_ done: UndoneCollection, rest: Int) {
        files = done.files
        blobs = AmountJSON(done.blobs)
        storedAgain = done.storedAgain
        lost = done.lost
        self.rest = rest
    }
}
