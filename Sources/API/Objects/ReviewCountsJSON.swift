import Index

/// How many reviews there are, each figure up to ``Limits/counted``.
package struct ReviewCountsJSON: Encodable, Sendable {
    let pending: Int
    let completed: Int
    let expired: Int
    let completedSince: Int

    package init(_ counts: ReviewCounts) {
        pending = counts.pending
        completed = counts.completed
        expired = counts.expired
        completedSince = counts.completedSince
    }
}
