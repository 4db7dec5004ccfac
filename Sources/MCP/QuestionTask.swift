import Crypto
import HTTP
import HTTPTypes
import Index
import JSON

/// A question that goes on after its call, as a task of the extension `io.modelcontextprotocol/tasks`.
///
/// Nothing is stored for it: its id is that of the message, and a code that only the same key gives. So a task of a
/// question that was taken back can still be told from one that never was.
struct QuestionTask {
    private static let pollInterval: JSONValue = .integer(5000)

    private let handle: String
    private let api: CallerAPI

    init(of handle: String, _ api: CallerAPI) {
        (self.handle, self.api) = (handle, api)
    }

    /// Nil when it is none of the caller's key.
    init?(id: String, _ api: CallerAPI) {
        guard let dot = id.lastIndex(of: ".") else { return nil }
        self.init(of: String(id[..<dot]), api)
        // What may be learned from the time that this takes is no secret: the answer to a task wants its key.
        guard self.id == id else { return nil }
    }

    private var id: String {
        var hash = SHA256()
        hash.update(data: api.context.agent.hash)
        hash.update(data: Array(handle.utf8))
        let code = hash.finalize().prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
        return "\(handle).\(code.joined())"
    }

    /// The task as the answer to the call that made it.
    func created() async throws -> JSONObject {
        let state = try await state()
        return state.merging(["resultType": .string("task")]) { _, new in new }
    }

    /// - Throws: ``ToolFailure``; ``APIError`` 401 when the key has ended.
    func state() async throws -> JSONObject {
        do {
            let message = try await api.ask(.get, "reviews", handle)
            var members = JSONObject(message, ["createdAt": "createdAt", "lastUpdatedAt": "updatedAt"])
            if message["review"]?["status"] == .string("pending") {
                members["status"] = .string("working")
                members["statusMessage"] = .string("Nobody has answered yet")
            } else {
                members["status"] = .string("completed")
                members["result"] = .object(ToolResult(HeldQuestion.ended(message)).members)
            }
            return members.merging(common) { _, new in new }
        } catch let failure as ToolFailure where failure.status == .notFound {
            let asked: JSONValue = .string(Timestamp(ofID: handle).description)
            let gone: JSONObject = ["status": .string("cancelled"), "createdAt": asked, "lastUpdatedAt": asked]
            return gone.merging(common) { _, new in new }
        }
    }

    /// The message stays until somebody deletes it, so a task has no end of its own.
    private var common: JSONObject {
        ["taskId": .string(id), "ttlMs": .null, "pollIntervalMs": Self.pollInterval]
    }

    /// Takes the question back, unless it has ended.
    func cancel() async throws {
        do {
            _ = try await api.ask(.delete, "messages", handle, query: ["pending": "true"])
        } catch let failure as ToolFailure where [.notFound, .conflict].contains(failure.status) {
            // Nothing is left to cancel.
        }
    }
}

extension Timestamp {
    /// When an id was made; its first 48 bits say so (RFC 9562 section 5.7).
    fileprivate init(ofID id: String) {
        self.init(milliseconds: Int64(id.filter { $0 != "-" }.prefix(12), radix: 16) ?? 0)
    }
}
