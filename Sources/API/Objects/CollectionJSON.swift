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

    package init(_ plan: CollectionPlan) {
        id = plan.id.description
        plannedAt = plan.id.moment
        graceSeconds = plan.id.grace.components.seconds
        files = AmountJSON(plan.files)
        blobs = AmountJSON(plan.blobs)
        oldest = plan.oldest
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
