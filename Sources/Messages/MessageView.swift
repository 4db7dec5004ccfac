import Index
import Routing

/// A message with its review and attachments as the wire has it (contract section 2).
package struct MessageView: Encodable, Sendable {
    let message: MessageWithParts
    /// Lists carry `statusEvents`, and redact what was typed into password fields.
    let isListed: Bool

    var id: String { message.id }

    package init(_ message: MessageWithParts, isListed: Bool = false) {
        self.message = message
        self.isListed = isListed
    }

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
        try object.encode(self.message.attachments, forKey: .attachments)
        if isListed { try object.encode([String](), forKey: .statusEvents) }
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
