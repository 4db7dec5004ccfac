/// A collection that took something, in one step or several.
package struct CollectionRun: Sendable, Equatable, Identifiable {
    package enum Trigger: String, Sendable, CaseIterable, Storable {
        /// The server, by itself.
        case schedule
        /// Somebody applied a plan.
        case plan
        /// Somebody had removed what was due.
        case run
    }

    /// How many are kept, besides those that can still be undone.
    package static let kept = 1_000
    /// How long what a collection took can be brought back.
    package static let undoWindow = Duration.seconds(60 * 60)

    package let id: Identifier<CollectionRun>
    package let startedBy: Trigger
    package let beganAt: Timestamp
    /// When it last took something.
    package let endedAt: Timestamp
    /// Nil when the bytes went at once.
    package let undoUntil: Timestamp?
    package let undoneAt: Timestamp?
    /// Unattached files whose time was over.
    package let files: Int
    package let blobs: StoredAmount
}

extension CollectionRun: RowReadable {
    static let columns = """
        id, started_by, began_at, ended_at, undo_until, undone_at, file_count, blob_count, blob_bytes
        """

    init(row: inout Row) {
        id = row.next()
        startedBy = row.next()
        beganAt = row.next()
        endedAt = row.next()
        undoUntil = row.next()
        undoneAt = row.next()
        files = row.next()
        blobs = StoredAmount(row: &row)
    }
}

/// The run that a collection under way belongs to. It has a row once something was taken.
package struct RunningCollection: Sendable {
    package let id: CollectionRun.ID
    package let startedBy: CollectionRun.Trigger
    /// How long what it takes can be brought back; zero when the bytes go at once.
    let undo: Duration
    /// Who collects, for the audit log.
    package let origin: Origin
    package var canBeUndone: Bool { undo > .zero }

    /// Whoever asks for no grace wants the room now, so there is no undo. The schedule's plans have waited before.
    ///
    /// - Parameters:
    ///   - id: of the run that goes on, or a new one.
    ///   - window: for how long what it takes can be brought back.
    package init(
        _ trigger: CollectionRun.Trigger,
        of plan: CollectionPlan.ID,
        id: CollectionRun.ID = .make(),
        by origin: Origin = .server,
        undoneWithin window: Duration = CollectionRun.undoWindow
    ) {
        (self.id, startedBy, self.origin) = (id, trigger, origin)
        undo = trigger != .schedule && plan.grace == .zero ? .zero : window
    }
}
