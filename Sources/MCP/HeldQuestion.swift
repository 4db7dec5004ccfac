import API
import HTTP
import HTTPTypes
import Index
import JSON

/// A question that was asked, while a call waits for its answer.
struct HeldQuestion: Sendable {
    /// How long one look may take. Clients want to hear of a call every 15 to 20 seconds.
    static let step = Duration.seconds(15)

    enum Look {
        case pending
        /// Nothing more will come now: the server is about to stop.
        case over
        case answered(ToolResult)
    }

    /// The id of its message.
    let handle: String
    /// How long the call may wait.
    let patience: Duration
    let api: CallerAPI

    /// Waits for the answer, for so long.
    ///
    /// - Throws: ``ToolFailure`` when the question is gone; ``APIError`` 401 when the key has ended.
    func look(for time: Duration) async throws -> Look {
        let start = ContinuousClock.now
        let timeout = max(1, Int64(time / .milliseconds(1)))
        api.context.connection.waits()
        let outcome = try await api.ask(.get, "reviews", handle, "wait", query: ["timeout": "\(timeout)"])
        guard let message = outcome["message"] else {
            return start.duration(to: .now) < time / 2 ? .over : .pending
        }
        return .answered(ToolResult(Self.ended(message)))
    }

    var pending: ToolResult {
        ToolResult(["status": .string("pending"), "handle": .string(handle)])
    }

    /// How a question ended, as tools tell it.
    static func ended(_ message: JSONValue) -> JSONObject {
        let review = message["review"] ?? .null
        var members = JSONObject(
            review,
            [
                "answer": "response", "feedback": "feedback", "answeredAt": "completedAt",
                "changedFiles": "modifiedFileIds",
            ]
        )
        members["status"] = .string(review["status"] == .string("completed") ? "answered" : "expired")
        members["handle"] = message["id"]
        members["answeredBy"] = review["respondedBy"]?["name"]
        return members
    }
}

extension Tools {
    /// Asks a question, or goes on with one that was asked.
    func ask(_ arguments: Arguments) async throws -> HeldQuestion {
        let (question, handle, wait) = try arguments.read { fields in
            let handle = fields.optionalString("handle", length: Limits.id)
            let question = Question(&fields, inputs: arguments["fields"], isAsked: handle == nil)
            if handle != nil, fields.has("question") { fields.refuse("Send the handle alone to go on waiting") }
            return (question, handle, fields.optionalInteger("wait") ?? 55)
        }
        let patience = Duration.seconds(min(max(wait, 0), 55))
        if let handle { return HeldQuestion(handle: handle, patience: patience, api: api) }
        let message = try await api.ask(.post, "messages", body: question.body)
        guard let id = message["id"]?.text else { throw ToolFailure("The server answered no message") }
        guard question.isAsked(by: message) else {
            throw ToolFailure("This key has asked something else before, with the handle \(id); use another key")
        }
        return HeldQuestion(handle: id, patience: patience, api: api)
    }
}

/// A question as a model puts it.
private struct Question {
    private let text: String
    private let type: String
    private let payload: JSONObject
    let body: JSONObject

    /// - Parameters:
    ///   - inputs: the fields of a form as they came.
    ///   - isAsked: whether it must be there.
    init(_ fields: inout JSONFields, inputs: JSONValue?, isAsked: Bool) {
        text = isAsked ? fields.string("question", length: 1...Limits.mcpText) : ""
        (type, payload) = Self.form(&fields, inputs)
        var review: JSONObject = ["type": .string(type), "payload": .object(payload)]
        review["expiresInSeconds"] = fields.optionalInteger("expiresInSeconds").map(JSONValue.integer)
        var body: JSONObject = ["text": .string(text), "review": .object(review)]
        body.address(&fields)
        self.body = body
    }

    private enum Kind: String, CaseIterable {
        case choice, multiple, text, form
    }

    /// The type and payload of the review. Fields make a form also when nobody says so.
    private static func form(_ fields: inout JSONFields, _ inputs: JSONValue?) -> (String, JSONObject) {
        let given = fields.optionalChoice("kind", Kind.self)
        let options = fields.optionalArray("options", count: Limits.mcpOptions) { option -> JSONObject in
            var shown: JSONObject = ["id": .string(option.string("id", length: Limits.id))]
            shown["label"] = .string(option.string("label", length: Limits.id))
            shown["style"] = .string(option.optionalBool("danger") == true ? "danger" : "primary")
            return shown
        }
        _ = fields.optionalArray("fields", count: Limits.mcpOptions) { _ in }
        switch given ?? (inputs == nil ? .choice : .form) {
        case .choice:
            let options =
                options ?? [
                    ["id": .string("approve"), "label": .string("Approve"), "style": .string("primary")],
                    ["id": .string("reject"), "label": .string("Reject"), "style": .string("danger")],
                ]
            return ("approval", ["options": .array(options.map(JSONValue.object)), "allowComment": .bool(true)])
        case .multiple:
            if options == nil { fields.report("options", code: "required", "is required to choose from") }
            return ("selection", ["mode": .string("multi"), "items": .array((options ?? []).map(JSONValue.object))])
        case .text: return ("text-input", [:])
        case .form:
            if inputs == nil { fields.report("fields", code: "required", "is required for a form") }
            return ("form", ["fields": inputs ?? .array([])])
        }
    }

    /// Whether a message asks this: a repeated key is answered with the message that was stored first.
    func isAsked(by message: JSONValue) -> Bool {
        let files = message["attachments"]?.elements ?? []
        guard files.compactMap({ $0["id"]?.text }) == (body["attachmentIds"]?.elements ?? []).compactMap(\.text) else {
            return false
        }
        let digest = QuestionDigest(text: text, type: type, payloadJSON: JSONValue.object(payload).encoded())
        return message["review"]?["digest"]?.text == digest.hex(files: files.compactMap { $0["sha256"]?.text })
    }
}
