import Index
import JSON

/// How a collection is to be planned.
package struct CollectionDraft: Sendable {
    /// Nil for the usual grace.
    package let grace: Duration?

    package init(_ fields: inout JSONFields) {
        fields.allowOnly("graceSeconds")
        self.init(grace: &fields)
    }

    fileprivate init(grace fields: inout JSONFields) {
        let seconds = fields.optionalInteger("graceSeconds")
        grace = seconds.map { .seconds($0) }
        let range = Limits.collectionGrace
        guard let seconds, !range.contains(Int(seconds)) else { return }
        fields.report(
            "graceSeconds",
            code: seconds < range.lowerBound ? "too_small" : "too_big",
            "must be between \(range.lowerBound) and \(range.upperBound)"
        )
    }
}

/// What a run is to take: what is due now. With a run, that one goes on.
package struct RunDraft: Sendable {
    /// Nil for the usual grace.
    package let grace: Duration?
    package let run: CollectionRun.ID?

    package init(_ fields: inout JSONFields) {
        fields.allowOnly("graceSeconds", "run")
        grace = CollectionDraft(grace: &fields).grace
        run = fields.optionalID("run")
    }
}

/// Which plan is to be applied. With a run, that one goes on.
package struct PlanToApply: Sendable {
    package let id: CollectionPlan.ID
    package let run: CollectionRun.ID?

    package init(_ fields: inout JSONFields) {
        fields.allowOnly("plan", "run")
        run = fields.optionalID("run")
        let text = fields.string("plan", length: Limits.planID)
        let named = CollectionPlan.ID(text)
        if named == nil, !text.isEmpty {
            fields.report("plan", code: "invalid_string", "must be the id of a plan, as gc/plan answers it")
        }
        id = named ?? .nothing
    }
}
