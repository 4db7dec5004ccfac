import HTTPTypes
import JSON

/// A request of JSON-RPC 2.0 that wants an answer.
struct ClientMessage {
    /// A string or a whole number.
    let id: JSONValue
    let method: String
    let params: JSONObject

    /// Nil for a notification, or an answer to a request that we never send: nobody waits for either.
    ///
    /// - Throws: ``RPCError`` when it is none of these.
    init?(_ value: JSONValue) throws {
        guard case .object(let members) = value, members["jsonrpc"] == .string("2.0") else {
            throw RPCError(.invalidRequest, "Send an object of JSON-RPC 2.0")
        }
        guard case .string(let method)? = members["method"] else {
            if members["result"] != nil || members["error"] != nil { return nil }
            throw RPCError(.invalidRequest, "method: must be a string")
        }
        if members["id"] == nil { return nil }
        guard let id = Self.id(of: value) else {
            throw RPCError(.invalidRequest, "id: must be a string or a whole number")
        }
        switch members["params"] {
        case .object(let params)?: self.params = params
        case nil: params = [:]
        default: throw RPCError(.invalidParams, "params: must be an object")
        }
        (self.id, self.method) = (id, method)
    }

    /// The id of a message; nil when it has none that is valid.
    static func id(of value: JSONValue) -> JSONValue? {
        switch value["id"] {
        case .string(let id)?: .string(id)
        case .integer(let id)?: .integer(id)
        default: nil
        }
    }

    /// What the client says about itself and about the request.
    var meta: JSONValue { params["_meta"] ?? .object([:]) }
}

/// A failure of the protocol. What a tool could not do is no such failure: the model is to read it (``ToolFailure``).
struct RPCError: Error {
    /// The codes of JSON-RPC 2.0 section 5.1, and those of the protocol.
    enum Code: Int64 {
        case parse = -32700
        case invalidRequest = -32600
        case methodNotFound = -32601
        case invalidParams = -32602
        case headerMismatch = -32020
        case missingCapability = -32021
        case unsupportedVersion = -32022
    }

    let code: Code
    let message: String
    var data: JSONValue?

    init(_ code: Code, _ message: String, data: JSONValue? = nil) {
        (self.code, self.message, self.data) = (code, message, data)
    }

    /// Revision 2026-07-28 of the protocol wants it (basic/transports/streamable-http).
    var status: HTTPResponse.Status { code == .methodNotFound ? .notFound : .badRequest }

    var value: JSONValue {
        var members: JSONObject = ["code": .integer(code.rawValue), "message": .string(message)]
        members["data"] = data
        return .object(members)
    }
}
