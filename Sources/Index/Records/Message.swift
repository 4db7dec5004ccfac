import GRDB

/// A message in a channel, as far as files need it.
package struct Message: Sendable, Equatable, Identifiable {
    /// Who wrote it.
    package enum SenderType: String, Sendable, Codable, DatabaseValueConvertible {
        case agent, user
    }

    /// The colour of the message.
    package enum Status: String, Sendable, Codable, DatabaseValueConvertible {
        case info, success, warning, error
    }

    /// How far the message has come on its way to the agent.
    package enum DeliveryStatus: String, Sendable, Codable, DatabaseValueConvertible {
        case sent
        case webhookDelivered = "webhook_delivered"
        case webhookFailed = "webhook_failed"
        case agentReceived = "agent_received"
    }

    package var id: String
    package var channelId: String
    package var senderType: SenderType
    /// The channel's id for agents, the user's for humans.
    package var senderId: String
    package var text: String?
    package var status: Status?
    package var deliveryStatus: DeliveryStatus
    package var createdAt: Timestamp
    package var updatedAt: Timestamp

    /// A message as given; sent and not changed since by default.
    package init(
        id: String,
        channelId: String,
        senderType: SenderType,
        senderId: String,
        text: String? = nil,
        status: Status? = nil,
        deliveryStatus: DeliveryStatus = .sent,
        createdAt: Timestamp,
        updatedAt: Timestamp? = nil
    ) {
        self.id = id
        self.channelId = channelId
        self.senderType = senderType
        self.senderId = senderId
        self.text = text
        self.status = status
        self.deliveryStatus = deliveryStatus
        self.createdAt = createdAt
        self.updatedAt = updatedAt ?? createdAt
    }
}

extension Message: FetchableRecord {
    static let columns = """
        id, channel_id, sender_type, sender_id, text, status, delivery_status, created_at, updated_at
        """

    package init(row: Row) {
        id = row[0]
        channelId = row[1]
        senderType = row[2]
        senderId = row[3]
        text = row[4]
        status = row[5]
        deliveryStatus = row[6]
        createdAt = row[7]
        updatedAt = row[8]
    }
}
