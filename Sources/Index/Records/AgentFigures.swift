/// What an agent's channel holds, in numbers, and what the agent said it was doing. Encodes to the contract's statistics.
package struct AgentFigures: Sendable, Equatable, Encodable {
    package struct Messages: Sendable, Equatable, Encodable {
        /// By who wrote them.
        package var agent = 0
        package var user = 0
    }

    package struct Reviews: Sendable, Equatable, Encodable {
        package var pending = 0
        package var completed = 0
        package var expired = 0
    }

    package struct Files: Sendable, Equatable, Encodable {
        package var count = 0
        package var bytes: Int64 = 0
    }

    package struct Deliveries: Sendable, Equatable, Encodable {
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
