import Index

/// The data of a server-sent event (docs/api.md, "Events"). `message` is as it is now, not as it was then, and missing
/// when it is gone by now.
package struct EventJSON: Encodable, Sendable {
    /// Nil for what is not of one channel.
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
