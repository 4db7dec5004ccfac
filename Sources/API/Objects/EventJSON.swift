import Index

/// The data of a server-sent event (docs/api.md, "Events"). `message` is as it is when the event is sent, not as it was
/// when it happened, and is left out if it has gone.
package struct EventJSON: Encodable, Sendable {
    /// Nil for an event that concerns several channels.
    let channelId: Agent.ID?
    let messageId: Message.ID?
    let message: MessageJSON?
    let agent: AgentJSON?

    package init(
        channelID: Agent.ID?,
        messageID: Message.ID? = nil,
        message: MessageWithParts? = nil,
        agent: Agent? = nil
    ) {
        channelId = channelID
        messageId = messageID
        self.message = message.map(MessageJSON.init(listed:))
        self.agent = agent.map { AgentJSON($0) }
    }
}
