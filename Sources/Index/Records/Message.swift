/// A message in a channel, without its review and attachments (see ``MessageWithParts``).
package struct Message: Sendable, Equatable, Identifiable {
    /// Who wrote it.
    package enum SenderType: String, Sendable, Storable {
        case agent, user
    }

    /// How the message is highlighted.
    package enum Status: String, Sendable, CaseIterable, Storable {
        case info, success, warning, error
    }

    /// How far the message has come on its way to the agent. It never goes back.
    package enum DeliveryStatus: String, Sendable, Storable {
        case sent
        case webhookDelivered = "webhook_delivered"
        case webhookFailed = "webhook_failed"
        case agentReceived = "agent_received"
    }

    /// The state of a draft, which is written piece by piece.
    package enum StreamState: String, Sendable, CaseIterable, Storable {
        case streaming, complete, aborted
    }

    package var id: Identifier<Message>
    package var channelID: Agent.ID
    package var senderType: SenderType
    /// The channel's id when an agent sent it, otherwise the user's.
    package var senderID: String
    package var text: String?
    package var status: Status?
    /// A free JSON object, as our parser writes it: each number as it came.
    package var metadataJSON: String?
    /// Where this message's events go instead of the channel's URL.
    package var webhookURL: String?
    package var deliveryStatus: DeliveryStatus
    /// Its place in a group of versions; nil when it has no other versions.
    package var iteration: Iteration?
    /// The sender's own name for it, unique among the messages of agents, or of users, in the channel. It makes repeating a request harmless.
    package var clientID: String?
    /// The sender's name for a draft, unique in the channel. Name and state are both there or both nil.
    package var streamID: String?
    package var streamState: StreamState?
    package var createdAt: Timestamp
    package var updatedAt: Timestamp

    /// Sent, and not changed since, by default.
    package init(
        id: Identifier<Message>,
        channelID: Agent.ID,
        senderType: SenderType,
        senderID: String,
        text: String? = nil,
        status: Status? = nil,
        metadataJSON: String? = nil,
        webhookURL: String? = nil,
        deliveryStatus: DeliveryStatus = .sent,
        iteration: Iteration? = nil,
        clientID: String? = nil,
        streamID: String? = nil,
        streamState: StreamState? = nil,
        createdAt: Timestamp,
        updatedAt: Timestamp? = nil
    ) {
        self.id = id
        self.channelID = channelID
        self.senderType = senderType
        self.senderID = senderID
        self.text = text
        self.status = status
        self.metadataJSON = metadataJSON
        self.webhookURL = webhookURL
        self.deliveryStatus = deliveryStatus
        self.iteration = iteration
        self.clientID = clientID
        self.streamID = streamID
        self.streamState = streamState
        self.createdAt = createdAt
        self.updatedAt = updatedAt ?? createdAt
    }
}

/// The place of a message among the versions of one question.
package struct Iteration: Sendable, Equatable {
    /// The id of the first version.
    package var groupID: Message.ID
    /// From 1.
    package var number: Int

    /// The index accepts each pair of group and number once.
    package init(groupID: Message.ID, number: Int) {
        self.groupID = groupID
        self.number = number
    }
}

extension Message: StoredRecord {
    static let columns = Columns<Message>(
        of: "messages",
        [
            ("id", { $0.id }),
            ("channel_id", { $0.channelID }),
            ("sender_type", { $0.senderType }),
            ("sender_id", { $0.senderID }),
            ("text", { $0.text }),
            ("status", { $0.status }),
            ("metadata", { $0.metadataJSON }),
            ("webhook_url", { $0.webhookURL }),
            ("delivery_status", { $0.deliveryStatus }),
            ("iteration_group_id", { $0.iteration?.groupID }),
            ("iteration", { $0.iteration?.number }),
            ("client_id", { $0.clientID }),
            ("stream_id", { $0.streamID }),
            ("stream_state", { $0.streamState }),
            ("created_at", { $0.createdAt }),
            ("updated_at", { $0.updatedAt }),
        ]
    )

    init(row: inout Row) {
        id = row.next()
        channelID = row.next()
        senderType = row.next()
        senderID = row.next()
        text = row.next()
        status = row.next()
        metadataJSON = row.next()
        webhookURL = row.next()
        deliveryStatus = row.next()
        iteration = Iteration(row: &row)
        clientID = row.next()
        streamID = row.next()
        streamState = row.next()
        createdAt = row.next()
        updatedAt = row.next()
    }
}

extension Iteration {
    /// Reads group and number; nil when they are NULL.
    fileprivate init?(row: inout Row) {
        let (groupID, number): (Message.ID?, Int?) = (row.next(), row.next())
        guard let groupID, let number else { return nil }
        self.init(groupID: groupID, number: number)
    }
}
