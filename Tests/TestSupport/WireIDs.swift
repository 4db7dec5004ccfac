import Testing

@testable import Index

// Tests of routes know ids as the wire has them: as texts.

extension Identifier: ExpressibleByStringLiteral {
    public init(stringLiteral text: String) { self.init(rawValue: text) }
}

extension Identifier {
    package init(_ text: String) { self.init(rawValue: text) }
}

extension Querying {
    /// The user, judged by nobody.
    package func acting(for id: User.ID) -> ActingUser { ActingUser(id: id) }

    /// The channel of that id, whoever owns it.
    package func owned(_ channel: String) throws -> OwnedChannel {
        try owned(Agent.ID(channel))
    }

    package func owned(_ id: Agent.ID) throws -> OwnedChannel {
        let agent = try #require(try anyAgent(id: id))
        return OwnedChannel(id: agent.id)
    }

    /// The same for lists.
    package func owned(_ channel: String) throws -> OwnedChannels {
        let agent = try #require(try anyAgent(id: Agent.ID(channel)))
        return try channels(agent.id, ownedBy: acting(for: agent.userID))
    }
}

extension Transaction {
    /// Stores a message in the channel that it names, whoever owns it.
    package func insert(_ message: Message, review: Review? = nil) throws {
        try insert(message, review: review, in: owned(message.channelID))
    }

    /// Answers a review, whoever may.
    package func complete(reviewOf id: Message.ID, responseJSON: String) throws -> ReviewCompletion {
        let channel = try #require(try anyChannel(ofMessage: id))
        return try complete(reviewOf: id, in: channel, responseJSON: responseJSON, by: .commandLine)
    }

    package func complete(reviewOf id: String, responseJSON: String) throws -> ReviewCompletion {
        try complete(reviewOf: Message.ID(id), responseJSON: responseJSON)
    }
}
