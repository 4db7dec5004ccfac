/// What an agent's channel holds, in numbers, and the agent's latest statuses.
package struct AgentFigures: Sendable, Equatable {
    package struct Messages: Sendable, Equatable {
        /// By who wrote them: the agent, or the user.
        package var agent = 0
        package var user = 0
    }

    package struct Reviews: Sendable, Equatable {
        package var pending = 0
        package var completed = 0
        package var expired = 0
    }

    package struct Files: Sendable, Equatable {
        package var count = 0
        package var bytes: Int64 = 0
    }

    package struct Deliveries: Sendable, Equatable {
        package var pending = 0
        package var delivered = 0
        package var failed = 0
    }

    package var messages = Messages()
    package var reviews = Reviews()
    package var files = Files()
    package var deliveries = Deliveries()
    /// Newest first.
    package var statuses: [AgentStatusEntry] = []
}

extension Querying {
    /// Counts what an agent's channel holds. It reads index entries or small rows of the whole channel, which may take
    /// seconds.
    ///
    /// - Parameter statusLimit: how many of the latest statuses to return.
    package func figures(in channel: OwnedChannel, statusLimit: Int) throws -> AgentFigures {
        let byAgent = try number(SQL.messagesOfAgent, channel)
        let reviews = try numbers(SQL.reviews, channel)
        let deliveries = try numbers(SQL.deliveries, channel)
        return AgentFigures(
            messages: .init(agent: byAgent, user: try number(SQL.messages, channel) - byAgent),
            reviews: .init(
                pending: reviews["pending"] ?? 0,
                completed: reviews["completed"] ?? 0,
                expired: reviews["expired"] ?? 0
            ),
            files: try one(SQL.files, [channel.id]) ?? .init(),
            deliveries: .init(
                pending: deliveries["pending"] ?? 0,
                delivered: deliveries["delivered"] ?? 0,
                failed: deliveries["failed"] ?? 0
            ),
            statuses: try statuses(in: channel, limit: statusLimit)
        )
    }

    private func number(_ sql: String, _ channel: OwnedChannel) throws -> Int {
        try one(sql, [channel.id]) ?? 0
    }

    private func numbers(_ sql: String, _ channel: OwnedChannel) throws -> [String: Int] {
        try dictionary(sql, [channel.id])
    }
}

extension AgentFigures.Files: RowReadable {
    init(row: inout Row) {
        count = row.next()
        bytes = row.next()
    }
}

private enum SQL {
    static let messages = "SELECT count(*) FROM messages WHERE channel_id = ?"
    static let messagesOfAgent = "SELECT count(*) FROM messages WHERE channel_id = ? AND sender_type = 'agent'"
    static let reviews = "SELECT status, count(*) FROM reviews WHERE channel_id = ? GROUP BY status"
    static let files = "SELECT file_count, file_bytes FROM agents WHERE id = ?"
    static let deliveries = "SELECT state, count(*) FROM deliveries WHERE channel_id = ? GROUP BY state"
}
