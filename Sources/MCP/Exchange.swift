import API
import HTTP
import HTTPTypes
import Hummingbird
import JSON

/// One request, and what it is answered.
struct Exchange: Sendable {
    let server: ServerCard
    let era: Era
    let message: ClientMessage
    let api: CallerAPI
    /// Whether a question may wait for its answer: not in a batch, where the others would wait for it.
    var mayHold = true

    /// - Throws: ``APIError`` 401 when the key ends meanwhile.
    func response() async throws -> Response {
        guard message.method == "tools/call", let token = progressToken else { return try await reply().response }
        do {
            switch try await Tools(api: api).call(message) {
            case .result(let result): return reply(with: result.members).response
            case .held(let question): return events(of: question, token)
            }
        } catch let error as RPCError {
            return reply(with: error).response
        }
    }

    /// The answer in one piece.
    ///
    /// - Throws: ``APIError`` 401 when the key ends meanwhile.
    func reply() async throws -> Reply {
        do {
            return reply(with: try await result())
        } catch let error as RPCError {
            return reply(with: error)
        }
    }

    /// - Throws: ``RPCError``; ``APIError`` 401.
    private func result() async throws -> JSONObject {
        switch (message.method, era) {
        case ("tools/list", _): return listed(["tools": server.tools])
        case ("tools/call", _):
            switch try await Tools(api: api).call(message) {
            case .result(let result): return result.members
            case .held(let question): return try await held(question) { _ in }
            }
        case ("initialize", .handshake): return initialized
        case ("ping", .handshake): return [:]
        case ("server/discover", .stateless): return discovered
        case ("tasks/get", .stateless):
            let task = try task
            return try await asked { try await task.state() }
        case ("tasks/cancel", .stateless):
            let task = try task
            return try await asked {
                try await task.cancel()
                return [:]
            }
        // No tool asks its client for anything, so there is nothing to take.
        case ("tasks/update", .stateless):
            _ = try task
            return [:]
        default: throw RPCError(.methodNotFound, "There is no method \(message.method.prefix(100)) here")
        }
    }

    /// What the API refuses outside of a tool is a failure of the protocol.
    private func asked(_ ask: () async throws -> JSONObject) async throws -> JSONObject {
        do {
            return try await ask()
        } catch let failure as ToolFailure {
            throw RPCError(.invalidParams, failure.sentence)
        }
    }

    // MARK: What the server is

    private var initialized: JSONObject {
        let wanted = message.params["protocolVersion"]?.text ?? ""
        let revision = Era.handshakeRevisions.first { $0 == wanted } ?? Era.handshakeRevisions[0]
        return [
            "protocolVersion": .string(revision), "capabilities": .object(["tools": .object([:])]),
            "serverInfo": server.info, "instructions": .string(server.instructions),
        ]
    }

    private var discovered: JSONObject {
        let capabilities: JSONObject = [
            "tools": .object([:]), "extensions": .object([Era.tasks: .object([:])]),
        ]
        return listed([
            "supportedVersions": .array([.string(Era.revision)]), "capabilities": .object(capabilities),
            "instructions": .string(server.instructions),
        ])
    }

    /// What is the same for every key, and may be kept for five minutes: an upgrade may change it.
    private func listed(_ members: JSONObject) -> JSONObject {
        guard case .stateless = era else { return members }
        return members.merging(["ttlMs": .integer(300_000), "cacheScope": .string("public")]) { _, new in new }
    }

    // MARK: Holding

    /// Waits for the answer to a question as long as a call may, and tells `step` now and then that it still does.
    ///
    /// - Returns: the answer; else a task, where the client takes one, or that it is pending.
    private func held(_ question: HeldQuestion, _ step: (Int64) async throws -> Void) async throws -> JSONObject {
        do {
            if let result = try await answer(to: question, step) { return result.members }
            guard case .stateless(takesTasks: true) = era else { return question.pending.members }
            return try await QuestionTask(of: question.handle, api).created()
        } catch let failure as ToolFailure {
            return failure.result.members
        }
    }

    private func answer(
        to question: HeldQuestion,
        _ step: (Int64) async throws -> Void
    ) async throws -> ToolResult? {
        let end = ContinuousClock.now + (mayHold ? question.patience : .zero)
        var steps: Int64 = 0
        while true {
            let left = ContinuousClock.now.duration(to: end)
            let look = try await question.look(for: min(left, HeldQuestion.step))
            if case .answered(let result) = look { return result }
            guard case .pending = look, ContinuousClock.now < end else { return nil }
            steps += 1
            try await step(steps)
        }
    }

    /// The progress is no measure of anything: it shows that the call is alive, and keeps clients and proxies patient.
    private func events(of question: HeldQuestion, _ token: JSONValue) -> Response {
        .events { writer in
            let last: Reply
            do {
                let result = try await held(question) { steps in
                    let params: JSONObject = [
                        "progressToken": token, "progress": .integer(steps),
                        "message": .string("Nobody has answered yet"),
                    ]
                    let note: JSONObject = [
                        "jsonrpc": .string("2.0"), "method": .string("notifications/progress"),
                        "params": .object(params),
                    ]
                    try await writer.write(.event(.object(note)))
                }
                last = reply(with: result)
            } catch let error as APIError {
                last = reply(with: ToolFailure(error.message).result.members)
            }
            try await writer.write(.event(last.value))
        }
    }

    /// A string or a whole number, if the client wants to hear of progress, and reads events.
    private var progressToken: JSONValue? {
        guard api.request.headers[values: .accept].contains(where: { $0.contains("text/event-stream") }) else {
            return nil
        }
        switch message.meta["progressToken"] {
        case .string(let token)?: return .string(token)
        case .integer(let token)?: return .integer(token)
        default: return nil
        }
    }

    // MARK: Tasks

    /// The task that the request names.
    ///
    /// - Throws: ``RPCError`` when the client does not take tasks, or it is none of this key.
    private var task: QuestionTask {
        get throws {
            guard case .stateless(takesTasks: true) = era else {
                let wanted: JSONObject = ["extensions": .object([Era.tasks: .object([:])])]
                throw RPCError(
                    .missingCapability,
                    "Declare \(Era.tasks) in the capabilities of this request",
                    data: .object(["requiredCapabilities": .object(wanted)])
                )
            }
            guard let task = message.params["taskId"]?.text.flatMap({ QuestionTask(id: $0, api) }) else {
                throw RPCError(.invalidParams, "taskId: is no task of this key")
            }
            return task
        }
    }

    // MARK: Replies

    private func reply(with members: JSONObject) -> Reply {
        guard case .stateless = era else { return Reply(to: message.id, result: members) }
        let common: JSONObject = [
            "resultType": .string("complete"), "_meta": .object([Era.serverInfo: server.info]),
        ]
        return Reply(to: message.id, result: common.merging(members) { _, own in own })
    }

    private func reply(with error: RPCError) -> Reply {
        if case .handshake = era { return Reply(to: message.id, error, status: .ok) }
        return Reply(to: message.id, error)
    }
}
