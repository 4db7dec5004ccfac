/// Rows of a list, in its order.
package struct Page<Row: Sendable>: Sendable {
    package var rows: [Row]
    /// Whether the page ended early because of its weight, so that more would follow.
    package var isCut: Bool

    static var empty: Page { Page(rows: [], isCut: false) }
}

extension Page: Equatable where Row: Equatable {}

/// How much the rows of a page may weigh together. A page is held in memory, and one message can have 8 MiB.
package enum PageWeight {
    /// In characters of what the rows carry; a single row may be heavier.
    package static let most = 4_000_000
    /// What a row counts besides its long texts, for its ids, names, times and the names of its members.
    static let ofRow = 1000
}

extension Querying {
    /// The rows that a statement returns, as long as they are not too heavy together.
    ///
    /// - Parameter weigh: reads the weight of a row, its first column.
    func weighed<Value: RowReadable & Sendable>(
        _ sql: String,
        _ arguments: Arguments,
        by weigh: (inout Row) -> Int = { $0.next() }
    ) throws -> Page<Value> {
        var page = Page<Value>.empty
        var weight = 0
        try connection.rows(sql, arguments) { row in
            var row = row
            weight += weigh(&row)
            guard weight <= ReadLimit.bytes else { return false }
            page.isCut = weight > PageWeight.most && !page.rows.isEmpty
            if !page.isCut { page.rows.append(Value(row: &row)) }
            return !page.isCut
        }
        guard weight <= ReadLimit.bytes else { throw IndexError.tooLarge }
        return page
    }
}
