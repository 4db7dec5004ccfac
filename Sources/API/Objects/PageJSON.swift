import Index
import JSON

/// One page of a list. `nextCursor` is null exactly when nothing follows.
package struct PageJSON<Row: Encodable & Sendable>: Encodable, Sendable {
    package let data: [Row]
    @OrNull package var nextCursor: String?

    /// - Parameters:
    ///   - records: at most one more than `limit`. The extra one only proves that more follow, which saves a count.
    ///   - isCut: true when more follow in any case, because the page got too large.
    ///   - id: the id of a record. That of the last one shown becomes the cursor.
    ///   - show: turns a record into its wire object.
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

extension PageJSON: JSONWritable where Row: JSONWritable {
    package func write(to writer: inout JSONWriter) throws {
        try writer.object {
            try $0.member("data", data)
            $0.member("nextCursor", nextCursor)
        }
    }
}

extension PageJSON where Row == AgentJSON {
    package init(_ found: Page<Agent>, limit: Int) {
        self.init(found.rows, limit: limit, isCut: found.isCut, id: \.id) { AgentJSON($0) }
    }

    package init(_ found: Page<AgentWithNews>, limit: Int) {
        self.init(found.rows, limit: limit, isCut: found.isCut, id: \.agent.id) { AgentJSON($0) }
    }
}

extension PageJSON where Row == MessageJSON {
    /// A page of messages as lists have them.
    package init(_ found: MessagePage, limit: Int) {
        self.init(found.rows, limit: limit, isCut: found.isCut, id: \.id, show: MessageJSON.init(listed:))
    }
}
