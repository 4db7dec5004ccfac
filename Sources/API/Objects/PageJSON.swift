import Index

/// One page of a list; `nextCursor` is null exactly when nothing follows.
package struct PageJSON<Row: Encodable & Sendable>: Encodable, Sendable {
    package let data: [Row]
    @OrNull package var nextCursor: String?

    /// - Parameters:
    ///   - records: up to one more than `limit`: the extra one tells that more follow.
    ///   - isCut: whether more follow in any case.
    ///   - show: how a record is shown.
    package init<Record, Entity>(
        _ records: [Record],
        limit: Int,
        isCut: Bool = false,
        id: (Record) -> Identifier<Entity>,
        show: (Record) -> Row
    ) {
        let shown = records.prefix(limit)
        data = shown.map(show)
        nextCursor = isCut || records.count > limit ? shown.last.map { id($0).rawValue } : nil
    }
}
