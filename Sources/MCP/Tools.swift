import API
import HTTP
import HTTPTypes
import JSON

/// What a call has come to.
enum ToolOutcome {
    case result(ToolResult)
    /// A question that waits for a person.
    case held(HeldQuestion)
}

/// The tools of `Sources/CAssets/MCP/tools.json`, by name.
struct Tools {
    let api: CallerAPI

    /// - Throws: ``RPCError`` for a tool that is not there; ``APIError`` 401 when the key ends meanwhile.
    func call(_ message: ClientMessage) async throws -> ToolOutcome {
        guard let name = message.params["name"]?.text else { throw RPCError(.invalidParams, "name: must be a string") }
        let arguments: JSONObject
        switch message.params["arguments"] {
        case .object(let members)?: arguments = members
        case nil: arguments = [:]
        default: throw RPCError(.invalidParams, "arguments: must be an object")
        }
        do {
            return try await call(name, Arguments(arguments))
        } catch let error as JSONError {
            return .result(ToolFailure(APIError(error).everything).result)
        } catch let failure as ToolFailure {
            return .result(failure.result)
        }
    }

    private func call(_ name: String, _ arguments: Arguments) async throws -> ToolOutcome {
        switch name {
        case "ask": .held(try await ask(arguments))
        case "notify": .result(try await notify(arguments))
        case "attach": .result(try await attach(arguments))
        case "read_file": .result(try await readFile(arguments))
        case "list_files": .result(try await listFiles(arguments))
        case "answers": .result(try await answers(arguments))
        case "withdraw": .result(try await withdraw(arguments))
        default: throw RPCError(.invalidParams, "There is no tool \(name.prefix(100))")
        }
    }

    private func notify(_ arguments: Arguments) async throws -> ToolResult {
        let body = try arguments.read { fields -> JSONObject in
            var body = JSONObject()
            body["text"] = fields.optionalString("text").map(JSONValue.string)
            body["status"] = fields.optionalString("status").map(JSONValue.string)
            body.address(&fields)
            return body
        }
        let message = try await api.ask(.post, "messages", body: body)
        return ToolResult(JSONObject(message, ["id": "id"]))
    }

    /// What ended and is not acknowledged yet, the first to finish first, after what is acknowledged now.
    private func answers(_ arguments: Arguments) async throws -> ToolResult {
        let (done, channel, limit) = try arguments.read { fields in
            (
                fields.optionalStrings("acknowledge", count: Limits.mcpHandles) ?? [],
                fields.optionalString("channel", length: Limits.id), fields.optionalInteger("limit") ?? 10
            )
        }
        for handle in done { _ = try await api.ask(.post, "messages", handle, "ack") }
        let query: KeyValuePairs = ["channel": channel, "limit": "\(limit)", "timeout": "1"]
        let found = try await api.ask(.get, "answers", query: query)
        let answers = (found["answers"]?.elements ?? []).compactMap { $0["message"].map(HeldQuestion.ended) }
        return ToolResult(["answers": .array(answers.map(JSONValue.object))])
    }

    private func withdraw(_ arguments: Arguments) async throws -> ToolResult {
        let handle = try arguments.read { $0.string("handle", length: Limits.id) }
        _ = try await api.ask(.delete, "messages", handle, query: ["pending": "true"])
        return ToolResult(["withdrawn": .bool(true)])
    }
}

/// The arguments of a call. Models often send null for what they leave out.
struct Arguments {
    private let members: JSONObject

    init(_ members: JSONObject) {
        self.members = members.filter { $0.value != .null }.reduce(into: [:]) { $0[$1.key] = $1.value }
    }

    /// An argument as it came.
    subscript(name: String) -> JSONValue? { members[name] }

    /// - Throws: ``JSONError`` with all that is wrong.
    func read<Value>(_ body: (inout JSONFields) -> Value) throws -> Value {
        try JSONFields.read(.object(members), body)
    }
}

extension JSONObject {
    /// Where a message goes, with which files, and the key under which it is stored once.
    mutating func address(_ fields: inout JSONFields) {
        self["channelId"] = fields.optionalString("channel", length: Limits.id).map(JSONValue.string)
        self["clientId"] = fields.optionalString("key", length: Limits.id).map(JSONValue.string)
        let files = fields.optionalStrings("files", count: Limits.attachments)
        self["attachmentIds"] = files.map { .array($0.map(JSONValue.string)) }
    }
}

extension APIError {
    /// All that is wrong, where the message names the first alone.
    fileprivate var everything: String {
        if fields.isEmpty { return message }
        return fields.map { "\($0.path.joined(separator: ".")): \($0.message)" }.joined(separator: "; ")
    }
}
