import HTTP
import Index
import JSON
import Store

/// How messages are shown to their agent: in lists, alone, and with the text of their small files.
package struct MessageViews: Sendable {
    let store: FileStore

    /// In lists: with `statusEvents`, and what was typed into password fields redacted.
    @Sendable
    package func listed(_ message: MessageWithParts) -> MessageView {
        MessageView(message: message, isListed: true)
    }

    @Sendable
    package func single(_ message: MessageWithParts) -> MessageView {
        MessageView(message: message, isListed: false)
    }

    /// Alone, with `textContent` (docs/api.md, Messages and reviews).
    package func withTexts(_ message: MessageWithParts) async throws -> MessageView {
        MessageView(message: message, isListed: false, texts: try await store.texts(of: message.attachments))
    }
}

/// A message with its review and attachments as the wire has it (contract section 2).
package struct MessageView: Encodable, Sendable {
    let message: MessageWithParts
    let isListed: Bool
    /// The text of attachments, by id.
    var texts: [String: String] = [:]

    var id: String { message.id }

    private enum CodingKeys: CodingKey {
        case id, channelId, senderType, senderId, text, status, review, metadata, deliveryStatus, iterationGroupId
        case iteration, clientId, streamId, streamState, createdAt, updatedAt, attachments, statusEvents
    }

    package func encode(to encoder: any Encoder) throws {
        let message = message.message
        var object = encoder.container(keyedBy: CodingKeys.self)
        try object.encode(message.id, forKey: .id)
        try object.encode(message.channelId, forKey: .channelId)
        try object.encode(message.senderType, forKey: .senderType)
        try object.encode(message.senderId, forKey: .senderId)
        try object.encode(message.text, forKey: .text)
        try object.encode(message.status, forKey: .status)
        try object.encode(self.message.review.map { ReviewView($0, isListed: isListed) }, forKey: .review)
        try object.encode(try message.metadataJSON.map(JSONValue.init(text:)), forKey: .metadata)
        try object.encode(message.deliveryStatus, forKey: .deliveryStatus)
        try object.encode(message.iteration?.groupId, forKey: .iterationGroupId)
        try object.encode(message.iteration?.number, forKey: .iteration)
        try object.encode(message.clientId, forKey: .clientId)
        try object.encode(message.streamId, forKey: .streamId)
        try object.encode(message.streamState, forKey: .streamState)
        try object.encode(message.createdAt, forKey: .createdAt)
        try object.encode(message.updatedAt, forKey: .updatedAt)
        let attachments = self.message.attachments.map { AttachmentView(attachment: $0, text: texts[$0.id]) }
        try object.encode(attachments, forKey: .attachments)
        if isListed { try object.encode(self.message.statusEvents, forKey: .statusEvents) }
    }
}

private struct AttachmentView: Encodable {
    let attachment: Attachment
    let text: String?

    private enum CodingKeys: CodingKey { case textContent }

    func encode(to encoder: any Encoder) throws {
        try attachment.encode(to: encoder)
        var object = encoder.container(keyedBy: CodingKeys.self)
        try object.encodeIfPresent(text, forKey: .textContent)
    }
}

/// The review inside a message.
struct ReviewView: Encodable, Sendable {
    private static let redacted = JSONValue.string("***REDACTED***")

    let review: Review
    let isListed: Bool

    init(_ review: Review, isListed: Bool) {
        self.review = review
        self.isListed = isListed
    }

    private enum CodingKeys: CodingKey {
        case type, payload, status, expiresAt, response, completedAt, feedback, modifiedFileIds, callback
    }

    func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: CodingKeys.self)
        let payload = try review.payloadJSON.map(JSONValue.init(text:))
        try object.encode(review.type, forKey: .type)
        try object.encode(payload ?? .object([:]), forKey: .payload)
        try object.encode(review.status(at: .now()), forKey: .status)
        try object.encode(review.expiresAt, forKey: .expiresAt)
        try object.encodeIfPresent(try response(payload), forKey: .response)
        try object.encodeIfPresent(review.completedAt, forKey: .completedAt)
        try object.encodeIfPresent(review.feedback, forKey: .feedback)
        try object.encodeIfPresent(try review.modifiedFileIdsJSON.map(JSONValue.init(text:)), forKey: .modifiedFileIds)
        try object.encodeIfPresent(try review.callbackJSON.map(JSONValue.init(text:)), forKey: .callback)
    }

    /// Values of fields declared `password` stand only in the agent's single reads (contract section 4).
    private func response(_ payload: JSONValue?) throws -> JSONValue? {
        guard let response = try review.responseJSON.map(JSONValue.init(text:)) else { return nil }
        guard isListed, review.type == "form", case .object(var values) = response,
            case .object(let form)? = payload, case .array(let fields)? = form["fields"]
        else { return response }
        for case .object(let field) in fields where field["type"] == .string("password") {
            if case .string(let name)? = field["name"], values[name] != nil { values[name] = Self.redacted }
        }
        return .object(values)
    }
}
