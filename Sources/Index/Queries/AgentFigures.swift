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
    /// What an agent's channel holds, by the counts that triggers keep.
    ///
    /// - Parameter statusLimit: how many of the latest statuses to return.
    package func figures(in channel: OwnedChannel, statusLimit: Int) throws -> AgentFigures {
        var figures: AgentFigures = try one(SQL.figures, [channel.id]) ?? AgentFigures()
        figures.statuses = try statuses(in: channel, limit: statusLimit)
        return figures
    }
}

extension AgentFigures: RowReadable {
    init(row: inout Row) {
        messages = Messages(agent: row.next(), user: row.next())
        reviews = Reviews(pending: row.next(), completed: row.next(), expired: row.next())
        deliveries = Deliveries(pending: row.next(), delivered: row.next(), failed: row.next())
        files = Files(count: row.next(), bytes: row.next())
    }
}

private enum SQL {
    static let figures = """
        SELECT agent_messages, user_messages, pending_reviews, completed_reviews, expired_reviews,
            pending_deliveries, delivered, failed_deliveries, agents.file_count, agents.file_bytes
        FROM channel_counts JOIN agents ON agents.id = channel_counts.channel_id WHERE channel_counts.channel_id = ?
        """
}
