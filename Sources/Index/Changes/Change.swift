/// Something that a commit has changed, for those who wait for it; what it is now must be read from the index.
package struct Change: Sendable, Equatable {
    /// What has happened, under the names of events that clients know.
    package enum Kind: String, Sendable {
        case messageCreated = "message:created"
        case messageUpdated = "message:updated"
        case messageDeleted = "message:deleted"
        case messageDelivery = "message:delivery"
        case reviewResponded = "review:responded"
        case reviewExpired = "review:expired"
        case agentStatus = "agent:status"
        /// The channel is gone; its listeners are told to leave.
        case agentDeleted = "agent:deleted"
    }

    package let kind: Kind
    package let channelID: Agent.ID
    /// Nil when the channel itself has changed.
    package let messageID: Message.ID?

    /// A change as given.
    package init(_ kind: Kind, channelID: Agent.ID, messageID: Message.ID? = nil) {
        self.kind = kind
        self.channelID = channelID
        self.messageID = messageID
    }

    /// Those who hear of it.
    var topics: [Topic] {
        var topics: [Topic] = [.everything, .channel(channelID)]
        if let messageID { topics.append(.message(messageID)) }
        if kind == .reviewResponded || kind == .reviewExpired { topics.append(.answers(channelID: channelID)) }
        return topics
    }
}

/// What one can listen to.
package enum Topic: Sendable, Hashable {
    case everything
    case channel(Agent.ID)
    /// All channels of a user.
    case user(User.ID)
    case message(Message.ID)
    /// The reviews of a channel that finish.
    case answers(channelID: Agent.ID)
    /// Webhook deliveries that are due now, and attempts that have ended. For the doorbell alone: no change has it.
    case deliveries
}

/// A change with its place in the order of the commits.
package struct Announcement: Sendable, Equatable {
    /// Grows with every change, also from one start of the process to the next while the clock is right.
    package let number: Int64
    package let change: Change
    /// Who owns the channel, or owned it.
    let userID: User.ID

    var topics: [Topic] { change.topics + [.user(userID)] }

    /// Whether it is among the changes of a channel or of a user.
    func isOf(_ topic: Topic) -> Bool {
        switch topic {
        case .channel(let id): change.channelID == id
        case .user(let id): userID == id
        case .everything, .message, .answers, .deliveries: topics.contains(topic)
        }
    }
}

/// Changes of a channel or a user, in the order of the commits.
package struct ChangeBatch: Sendable, Equatable {
    package let changes: [Announcement]
    /// Go on after this one, whether or not it was one of them.
    package let last: Int64
}

/// What the units of a group announce, until their commit.
final class Announcements {
    private(set) var changes: [(change: Change, userID: User.ID)] = []
    /// Those of a unit that failed stay: a ring in vain does no harm.
    private(set) var bells: Set<Topic> = []

    func append(_ change: Change, userID: User.ID) { changes.append((change, userID)) }

    /// Wakes those who wait for `topic`, and tells nobody of a change.
    func ring(_ topic: Topic) { bells.insert(topic) }

    /// Runs a unit; when it throws, what it announced is forgotten with the rest of it.
    func undoingOnError<T>(_ unit: () throws -> T) throws -> T {
        let count = changes.count
        do {
            return try unit()
        } catch {
            changes.removeSubrange(count...)
            throw error
        }
    }
}

extension Transaction {
    /// Tells the listeners of `change` after the commit, and nobody when it does not come to that. The index's own
    /// transactions announce what they change themselves.
    package func announce(_ change: Change) throws {
        // Now, while the channel's row is there: its end is to be heard of by its owner too.
        let userID: User.ID? = try one("SELECT user_id FROM agents WHERE id = ?", [change.channelID])
        guard let userID else { return }
        announcements.append(change, userID: userID)
    }
}
