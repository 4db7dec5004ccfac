/// A channel, with the proof that it belongs to the acting user. Whatever lists, reads or writes inside a channel
/// takes one, so no handler can forget to ask whose channel it is.
///
/// Only the index makes one, from a user and an id, inside the closure of ``StoreIndex/read(_:)`` or
/// ``StoreIndex/write(_:)``. It is valid in that snapshot or transaction only. Because it is not Sendable, it cannot
/// leave the closure.
package struct OwnedChannel {
    package let id: Agent.ID

    /// Refuses a record that names another channel.
    ///
    /// - Throws: ``IndexError/notOwned``.
    func check(_ channelID: Agent.ID) throws {
        guard channelID == id else { throw IndexError.notOwned }
    }
}

@available(*, unavailable)
extension OwnedChannel: Sendable {}

/// The channels that a list covers, with the same proof as an ``OwnedChannel``: one, or all of the user who asked. Those
/// of anybody else are never among them.
package struct OwnedChannels {
    let userID: User.ID
    /// The one; nil for all.
    let only: Agent.ID?

    /// Which rows of `agents` they are, for a WHERE clause, and the values for its `?`.
    static let condition = "agents.user_id = ? AND agents.id BETWEEN ? AND ? AND agents.removed_at IS NULL"
    var arguments: Arguments { [userID, only ?? .beforeAll, only ?? .afterAll] }
}

@available(*, unavailable)
extension OwnedChannels: Sendable {}

extension Querying {
    /// The channel of that id.
    ///
    /// - Throws: ``IndexError/notOwned`` when it does not exist, or is not this user's.
    package func channel(_ id: Agent.ID, ownedBy user: ActingUser) throws -> OwnedChannel {
        guard try exists(SQL.isOwned, [id, user.id]) else { throw IndexError.notOwned }
        return OwnedChannel(id: id)
    }

    /// The channel of that id alone, or all channels of the user when none is named.
    ///
    /// - Throws: ``IndexError/notOwned`` when the named one does not exist, or is not this user's.
    package func channels(_ id: Agent.ID?, ownedBy user: ActingUser) throws -> OwnedChannels {
        if let id { _ = try channel(id, ownedBy: user) }
        return OwnedChannels(userID: user.id, only: id)
    }

    /// The channel in which to look for a message: the one that is named, whether or not the message is there, else the
    /// message's own; nil when none is named and there is no such message.
    ///
    /// - Throws: ``IndexError/notOwned`` when that channel is not this user's.
    package func channel(
        _ id: Agent.ID?,
        ofMessage messageID: Message.ID,
        ownedBy user: ActingUser
    ) throws -> OwnedChannel? {
        if let id { return try channel(id, ownedBy: user) }
        return try channel(ofMessage: messageID, ownedBy: user)
    }

    /// The channel of a message; nil when there is no such message.
    ///
    /// - Throws: ``IndexError/notOwned`` when the channel is not this user's.
    package func channel(ofMessage id: Message.ID, ownedBy user: ActingUser) throws -> OwnedChannel? {
        try owned(try one(SQL.ofMessage, [id]), by: user)
    }

    /// The channel of a file; nil when there is no such file.
    ///
    /// - Throws: ``IndexError/notOwned`` when the channel is not this user's.
    package func channel(ofFile id: Attachment.ID, ownedBy user: ActingUser) throws -> OwnedChannel? {
        try owned(try one(SQL.ofFile, [id]), by: user)
    }

    /// The agent of that id, and its channel.
    ///
    /// - Throws: ``IndexError/noSuchAgent`` when it does not exist, or is not this user's.
    package func agent(_ id: Agent.ID, ownedBy user: ActingUser) throws -> (agent: Agent, channel: OwnedChannel) {
        guard let agent = try agent(id, ofUser: user) else { throw IndexError.noSuchAgent }
        return (agent, OwnedChannel(id: id))
    }

    /// The agent whose channel has the message, and the channel; nil when there is no such message.
    ///
    /// - Throws: ``IndexError/notOwned`` when the channel is not this user's.
    package func agent(
        ofMessage id: Message.ID,
        ownedBy user: ActingUser
    ) throws -> (agent: Agent, channel: OwnedChannel)? {
        guard let agent: Agent = try one(SQL.agentOfMessage, [id]) else { return nil }
        guard agent.userID == user.id else { throw IndexError.notOwned }
        return (agent, OwnedChannel(id: agent.id))
    }

    private func owned(_ found: Belonging?, by user: ActingUser) throws -> OwnedChannel? {
        guard let found else { return nil }
        guard found.userID == user.id else { throw IndexError.notOwned }
        return OwnedChannel(id: found.channelID)
    }
}

// For work that acts for no user: sweeps, the delivery of webhooks, and the command line on this machine, whose
// operator may act for all users. Handlers of network requests must not use these.
extension Querying {
    /// The agent of that id, whoever owns it; nil once it is removed.
    package func anyAgent(id: Agent.ID) throws -> Agent? {
        try one(SQL.agent, [id])
    }

    /// The channel of a message, whoever owns it; nil when there is no such message.
    package func anyChannel(ofMessage id: Message.ID) throws -> OwnedChannel? {
        let found: Belonging? = try one(SQL.ofMessage, [id])
        return found.map { OwnedChannel(id: $0.channelID) }
    }
}

/// A channel and its owner.
private struct Belonging: RowReadable {
    let channelID: Agent.ID
    let userID: User.ID

    init(row: inout Row) {
        channelID = row.next()
        userID = row.next()
    }
}

private enum SQL {
    static let isOwned = "SELECT 1 FROM agents WHERE id = ? AND user_id = ? AND removed_at IS NULL"
    static let agent = "SELECT \(Agent.columns) FROM agents WHERE id = ? AND removed_at IS NULL"
    static let ofMessage = """
        SELECT agents.id, agents.user_id FROM messages JOIN agents ON agents.id = messages.channel_id
        WHERE messages.id = ? AND agents.removed_at IS NULL
        """
    static let ofFile = """
        SELECT agents.id, agents.user_id FROM attachments JOIN agents ON agents.id = attachments.channel_id
        WHERE attachments.id = ? AND agents.removed_at IS NULL
        """
    static let agentOfMessage = """
        SELECT \(Agent.columns) FROM messages JOIN agents ON agents.id = messages.channel_id
        WHERE messages.id = ? AND agents.removed_at IS NULL
        """
}
