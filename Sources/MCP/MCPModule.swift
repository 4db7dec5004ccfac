import API
import CAssets
import HTTP
import Hummingbird
import JSON
import NIOCore

/// The Model Context Protocol over HTTP: what agents do here, as tools that models call.
///
/// Every tool is a few requests of the agent API, sent from inside with the caller's own key (``InnerRoutes``), so there
/// is one set of rules. The hard part is that the protocol has two eras (``Era``), and that a held call must end before
/// clients lose patience, without an answer that nobody gave (``HeldQuestion``).
package struct MCPModule: RouteModule {
    private let server: ServerCard

    /// - Parameter version: of the server.
    /// - Throws: when the list of tools is not JSON. Every start would show that.
    package init(version: String) throws {
        let asset = Asset("MCP/tools.json")
        let tools = try JSONValue(parsing: UnsafeBufferPointer(start: asset.bytes, count: asset.count))
        server = ServerCard(version: version, tools: tools)
    }

    package func addRoutes(to mounts: Mounts) {
        let inner = mounts.inner
        mounts.mcp.post("mcp") { request, context in
            try await answer(request, CallerAPI(routes: inner, request: request, context: context))
        }
    }

    /// Answers one message, or a batch of them.
    ///
    /// - Throws: ``APIError`` 401 when the key ends meanwhile, 413, 415.
    private func answer(_ request: Request, _ api: CallerAPI) async throws -> Response {
        let connection = api.context.connection
        let bytes = try await request.jsonBytes(on: connection, mayBeMissing: false, limit: Limits.mcpBody)
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(parsing: bytes.readableBytesView)
        } catch {
            return Reply(to: nil, RPCError(.parse, APIError(error).message)).response
        }
        if case .array(let batch) = value { return try await answer(batch, api) }
        do {
            guard let message = try ClientMessage(value) else { return Response(status: .accepted) }
            let era = try Era(of: message, in: request)
            return try await Exchange(server: server, era: era, message: message, api: api).response()
        } catch let error as RPCError {
            return Reply(to: ClientMessage.id(of: value), error).response
        }
    }

    /// Only revision 2025-03-26 has batches, which is meant when no header names one.
    private func answer(_ batch: [JSONValue], _ api: CallerAPI) async throws -> Response {
        let revision = api.request.headers[.mcpProtocolVersion] ?? Era.batchRevision
        guard revision == Era.batchRevision, Limits.mcpBatch.contains(batch.count) else {
            return Reply(to: nil, RPCError(.invalidRequest, "Send one message at a time")).response
        }
        var replies: [JSONValue] = []
        for value in batch {
            do {
                guard let message = try ClientMessage(value) else { continue }
                var exchange = Exchange(server: server, era: .handshake, message: message, api: api)
                exchange.mayHold = false
                replies.append(try await exchange.reply().value)
            } catch let error as RPCError {
                replies.append(Reply(to: ClientMessage.id(of: value), error).value)
            }
        }
        guard !replies.isEmpty else { return Response(status: .accepted) }
        return .json(bytes: ByteBuffer(string: JSONValue.array(replies).encoded()), status: .ok)
    }
}

/// What the server says about itself.
struct ServerCard: Sendable {
    let version: String
    /// What `tools/list` answers.
    let tools: JSONValue

    var info: JSONValue {
        .object(["name": .string("placet"), "title": .string("Placet"), "version": .string(version)])
    }

    let instructions = """
        Placet brings questions, messages and files to people, and their answers back. Ask before you do what cannot \
        be undone, and attach what the person must see. An answer is for what was asked and nothing else.
        """
}
