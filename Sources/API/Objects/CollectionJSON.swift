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

    package init(expiredFiles: Int, blobs: CollectedBlobs, rest: CollectionPlan) {
        self.expiredFiles = expiredFiles
        self.blobs = AmountJSON(blobs)
        self.rest = CollectionPlanJSON(rest)
    }
}
