import GRDB

/// A message in a channel, without its review and its attachments (see ``MessageWithParts``).
package struct Message: Sendable, Equatable, Identifiable {
    /// Who wrote it.
    package enum SenderType: String, Sendable, Codable, DatabaseValueConvertible {
        case agent, user
    }

    /// The colour of the message.
    package enum Status: String, Sendable, Codable, CaseIterable, DatabaseValueConvertible {
        case info, success, warning, error
    }

    /// How far the message has come on its way to the agent.
    package enum DeliveryStatus: String, Sendable, Codable, DatabaseValueConvertible {
        case sent
        case webhookDelivered = "webhook_delivered"
        case webhookFailed = "webhook_failed"
        case agentReceived = "agent_received"
    }

    /// What becomes of a draft that is written piece by piece.
    package enum StreamState: String, Sendable, Codable, CaseIterable, DatabaseValueConvertible {
        case streaming, complete, aborted
    }

    package var id: String
    package var channelId: String
    package var senderType: SenderType
    /// The channel's id for agents, the user's for humans.
    package var senderId: String
    package var text: String?
    package var status: Status?
    /// The free map as the JSON text it came in: a parser in between would not keep 3 and 3.0 apart.
    package var metadataJSON: String?
    /// Where this message's events go, instead of the channel's URL.
    package var webhookUrl: String?
    package var deliveryStatus: DeliveryStatus
    /// The group of versions it belongs to; both or neither.
    package var iteration: Iteration?
    /// The sender's own name for it, unique in the channel: what makes a repeated request do nothing.
    package var clientId: String?
    /// The sender's name for a streamed draft, unique in the channel; it and the state are both there or neither.
    package var streamId: String?
    package var streamState: StreamState?
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
        metadataJSON: String? = nil,
        webhookUrl: String? = nil,
        deliveryStatus: DeliveryStatus = .sent,
        iteration: Iteration? = nil,
        clientId: String? = nil,
        streamId: String? = nil,
        streamState: StreamState? = nil,
        createdAt: Timestamp,
        updatedAt: Timestamp? = nil
    ) {
        self.id = id
        self.channelId = channelId
        self.senderType = senderType
        self.senderId = senderId
        self.text = text
        self.status = status
        self.metadataJSON = metadataJSON
        self.webhookUrl = webhookUrl
        self.deliveryStatus = deliveryStatus
        self.iteration = iteration
        self.clientId = clientId
        self.streamId = streamId
        self.streamState = streamState
        self.createdAt = createdAt
        self.updatedAt = updatedAt ?? createdAt
    }
}

/// The place of a message among the versions of one question.
package struct Iteration: Sendable, Equatable {
    /// The id of the first version.
    package var groupId: String
    /// From 1.
    package var number: Int

    /// An iteration as given; the index takes each (group, number) once.
    package init(groupId: String, number: Int) {
        self.groupId = groupId
        self.number = number
    }
}

extension Message: FetchableRecord {
    static let columns = """
        messages.id, messages.channel_id, messages.sender_type, messages.sender_id, messages.text, messages.status, \
        messages.metadata, messages.webhook_url, messages.delivery_status, messages.iteration_group_id, \
        messages.iteration, messages.client_id, messages.stream_id, messages.stream_state, messages.created_at, \
        messages.updated_at
        """
    static let columnCount = 16
    /// With the number of characters that the message takes, as ``MessagePage/maxWeight`` counts them, in the end.
    static let weighedColumns = """
        \(columns), ifnull(length(messages.text), 0) + ifnull(length(messages.metadata), 0) + ifnull((
            SELECT ifnull(length(payload), 0) + ifnull(length(response), 0)
            FROM reviews WHERE reviews.message_id = messages.id
        ), 0)
        """

    package init(row: Row) {
        id = row[0]
        channelId = row[1]
        senderType = row[2]
        senderId = row[3]
        text = row[4]
        status = row[5]
        metadataJSON = row[6]
        webhookUrl = row[7]
        deliveryStatus = row[8]
        iteration = (row[9] as String?).map { Iteration(groupId: $0, number: row[10]) }
        clientId = row[11]
        streamId = row[12]
        streamState = row[13]
        createdAt = row[14]
        updatedAt = row[15]
    }
}
