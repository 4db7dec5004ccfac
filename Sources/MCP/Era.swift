import FoundationEssentials
import HTTP
import HTTPTypes
import Hummingbird
import JSON

/// Which rules of the protocol a request is under. It says so itself; nothing is remembered between two.
enum Era {
    /// Revision 2025-11-25 and those before: a handshake comes first, and faults are answered with 200.
    case handshake
    /// Revision 2026-07-28: every request says all about itself, in its body and once more in its header.
    ///
    /// - Parameter takesTasks: whether the client follows up what is answered with a task.
    case stateless(takesTasks: Bool)

    static let revision = "2026-07-28"
    /// The latest first. A hole in this list would strand the clients of that revision.
    static let handshakeRevisions = ["2025-11-25", "2025-06-18", "2025-03-26"]
    /// The only one with batches.
    static let batchRevision = "2025-03-26"
    static let tasks = "io.modelcontextprotocol/tasks"
    static let serverInfo = "io.modelcontextprotocol/serverInfo"

    private static let version = "io.modelcontextprotocol/protocolVersion"
    private static let capabilities = "io.modelcontextprotocol/clientCapabilities"

    /// Checks what revision 2026-07-28 wants of a request, in the order in which its clients expect to hear of it.
    ///
    /// - Throws: ``RPCError``.
    init(of message: ClientMessage, in request: Request) throws {
        let named = request.headers[.mcpProtocolVersion]
        let isHandshake = named.map(Self.handshakeRevisions.contains) ?? true
        if message.meta[Self.version] == nil, isHandshake || message.method == "initialize" {
            self = .handshake
            return
        }
        guard let version = message.meta[Self.version]?.text, case .object(let can)? = message.meta[Self.capabilities]
        else { throw RPCError(.invalidParams, "params._meta: must have \(Self.version) and \(Self.capabilities)") }
        try Self.check(request.headers, .mcpProtocolVersion, says: version, isNeeded: true)
        try Self.check(request.headers, .mcpMethod, says: message.method, isNeeded: true)
        if let (name, isNeeded) = message.headerName {
            try Self.check(request.headers, .mcpName, says: name, isNeeded: isNeeded)
        }
        guard version == Self.revision else {
            let data: JSONObject = ["supported": .array([.string(Self.revision)]), "requested": .string(version)]
            throw RPCError(.unsupportedVersion, "This server speaks \(Self.revision)", data: .object(data))
        }
        self = .stateless(takesTasks: can["extensions"]?[Self.tasks] != nil)
    }

    /// - Throws: ``RPCError`` unless the header says the same as the body.
    private static func check(
        _ headers: HTTPFields,
        _ name: HTTPField.Name,
        says expected: String,
        isNeeded: Bool
    ) throws {
        let values = headers[values: name]
        if values.isEmpty, !isNeeded { return }
        guard values.count == 1, values[0].plainOrWrapped == expected else {
            throw RPCError(.headerMismatch, "\(name.rawName): must be there once, and say what the body says")
        }
    }
}

extension ClientMessage {
    /// What the header `Mcp-Name` must say, and whether it must be there. Clients often leave it out for tasks.
    fileprivate var headerName: (name: String, isNeeded: Bool)? {
        switch method {
        case "tools/call": params["name"]?.text.map { ($0, true) }
        case "tasks/get", "tasks/update", "tasks/cancel": params["taskId"]?.text.map { ($0, false) }
        default: nil
        }
    }
}

extension String {
    /// The text of a header. What no header can hold comes in Base64 of its UTF-8, wrapped in `=?base64?…?=`.
    fileprivate var plainOrWrapped: String {
        guard hasPrefix("=?base64?"), hasSuffix("?="), utf8.count > 11 else { return self }
        let data = Data(base64Encoded: String(dropFirst(9).dropLast(2)))
        return data.flatMap { String(validating: $0, as: UTF8.self) } ?? self
    }
}

extension HTTPField.Name {
    static let mcpProtocolVersion = HTTPField.Name("mcp-protocol-version")!
    static let mcpMethod = HTTPField.Name("mcp-method")!
    static let mcpName = HTTPField.Name("mcp-name")!
    static let xAccelBuffering = HTTPField.Name("x-accel-buffering")!
}
