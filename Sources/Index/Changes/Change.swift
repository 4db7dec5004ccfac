/// Something that a commit has changed, for those who wait for it. It says what happened; the index says how things
/// are.
package struct Change: Sendable, Equatable {
    /// What has happened, by the names of events that clients know.
    package enum Kind: String, Sendable {
        case messageCreated = "message:created"
        case messageUpdated = "message:updated"
        case messageDeleted = "message:deleted"
        case messageDelivery = "message:delivery"
        case reviewResponded = "review:responded"
        case reviewExpired = "review:expired"
        case agentStatus = "agent:status"
        /// The channel is gone. Its listeners are told to leave.
        case agentDeleted = "agent:deleted"
    }

    package let kind: Kind
    package let channelID: Agent.ID
    /// Nil when the channel itself has changed.
    package let messageID: Message.ID?

    package init(_ kind: Kind, channelID: Agent.ID, messageID: Message.ID? = nil) {
        self.kind = kind
        self.channelID = channelID
        self.messageID = messageID
    }

    /// Those who are told.
    var topics: [Topic] {
        var topics: [Topic] = [.everything, .channel(channelID)]
        if let messageID { topics.append(.message(messageID)) }
        if kind == .reviewResponded || kind == .reviewExpired { topics.append(.answers(channelID: channelID)) }
        return topics
    }
}

/// What a waiter can listen to.
package enum Topic: Sendable, Hashable {
    case everything
    case channel(Agent.ID)
    /// All channels of a user.
    case user(User.ID)
    case message(Message.ID)
    /// The reviews of a channel, as they finish.
    case answers(channelID: Agent.ID)
    /// The keys and sessions of a user, as they end. It only rings too: whoever waits for the user asks again.
    case access(User.ID)
    /// Webhook deliveries that are due, and attempts that have ended. It only rings; no change belongs to it.
    case deliveries
    /// The same for notices.
    case notices
}

/// A change, with its place in the order of commits.
package struct Announcement: Sendable, Equatable {
    /// Grows with every change. It also grows from one run of the process to the next, unless the clock went back.
    package let number: Int64
    package let change: Change
    /// Who owns the channel, or owned it before it was deleted.
    let userID: User.ID

    var topics: [Topic] { change.topics + [.user(userID)] }

    /// Whether it belongs to the changes of a channel or of a user.
    func isOf(_ topic: Topic) -> Bool {
        switch topic {
        case .channel(let id): change.channelID == id
        case .user(let id): userID == id
        case .everything, .message, .answers, .access, .deliveries, .notices: topics.contains(topic)
        }
    }
}

/// Changes of a channel or a user, in the order of commits.
package struct ChangeBatch: Sendable, Equatable {
    package let changes: [Announcement]
    /// Go on from this number, whether or not the change is one of the batch.
    package let last: Int64
}

/// What the units of a group announce, collected until the commit.
final class Announcements {
    private(set) var changes: [(change: Change, userID: User.ID)] = []
    /// Those of a failed unit stay: a bell that rings in vain does no harm.
    private(set) var bells: Set<Topic> = []

    func append(_ change: Change, userID: User.ID) { changes.append((change, userID)) }

    /// Wakes those who wait for `topic`, without a change to tell.
    func ring(_ topic: Topic) { bells.insert(topic) }

    /// Runs a unit. When it throws, what it announced is dropped along with its rows.
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
    /// Tells the listeners of `change` after the commit, and never if there is none. The transactions of this module
    /// announce their changes themselves.
    package func announce(_ change: Change) throws {
        // Looked up now, while the channel's row is still there: its owner must hear of its end too.
        let userID: User.ID? = try one("SELECT user_id FROM agents WHERE id = ?", [change.channelID])
        guard let userID else { return }
        announcements.append(change, userID: userID)
    }
}
