import HTTPTypes
import Hummingbird
import NIOHTTP1

/// The routes that have ready answers. Modules add theirs to it while the routers are made.
package final class ReadyTable {
    private(set) var routes: [ReadyRoutes.Route] = []

    /// - Parameters:
    ///   - path: under `/api/v1/`, with one parameter: `files/:id/download`. An ordinary route must be there too.
    ///   - answer: nil when the answer is not at hand, or is one that only the ordinary route gives. Runs on the event
    ///     loop, so it takes microseconds.
    package func add(
        _ path: String,
        scope: KeyScope,
        answer: @escaping @Sendable (ReadyRequest) -> ReadyAnswer?
    ) {
        routes.append(ReadyRoutes.Route("/api/v1/" + path, scope: scope, answer: answer))
    }
}

/// Finds answers that are ready: those of hot downloads, for a key that is remembered.
///
/// The rules are those of the ordinary way, in its order: names of the server, key, scope, rate. Where one would refuse,
/// or a request has anything that is not understood here, the answer is nil, and the request takes the ordinary way.
/// Nothing has been counted then.
package struct ReadyRoutes: Sendable {
    struct Route: Sendable {
        let scope: KeyScope
        /// What stands before and behind the parameter.
        let (prefix, suffix): (String, String)
        /// As the router writes it.
        let pattern: String
        let answer: @Sendable (ReadyRequest) -> ReadyAnswer?

        init(_ path: String, scope: KeyScope, answer: @escaping @Sendable (ReadyRequest) -> ReadyAnswer?) {
            let parts = path.split(separator: "/", omittingEmptySubsequences: false)
            let parameter = parts.firstIndex { $0.hasPrefix(":") } ?? parts.endIndex - 1
            prefix = parts[..<parameter].joined(separator: "/") + "/"
            suffix = (parts[(parameter + 1)...].map { "/" + $0 }).joined()
            pattern = "\(prefix){\(parts[parameter].dropFirst())}\(suffix)"
            self.scope = scope
            self.answer = answer
        }

        /// The parameter of a path on this route.
        func parameter(of path: String) -> String? {
            guard path.hasPrefix(prefix), path.hasSuffix(suffix) else { return nil }
            let id = path.utf8.dropFirst(prefix.utf8.count).dropLast(suffix.utf8.count)
            let isPlain = id.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "%"): false
                default: true
                }
            }
            return isPlain && !id.isEmpty ? String(Substring(id)) : nil
        }
    }

    /// An answer, with what the log says of it.
    struct Found: Sendable {
        let answer: ReadyAnswer
        let requestID: String
        var line: AccessLine
    }

    let routes: [Route]
    let authenticator: any AgentAuthenticator
    let limits: RateLimits?
    let surroundings: Surroundings
    let log: AccessLog

    /// What every answer has beside its own fields.
    var commonFields: [(String, String)] {
        (surroundings.origins.isEmpty ? [] : [("vary", "Origin")]) + [("Server", "placet")]
    }

    /// The other end of a connection. Its text is asked for with each request, and takes a microsecond to make.
    struct Peer: Sendable {
        let address: IPAddress?
        let text: String?

        init(_ address: IPAddress?) {
            (self.address, text) = (address, address?.description)
        }
    }

    func find(_ head: HTTPRequestHead, from peer: Peer) -> Found? {
        guard head.method == .GET || head.method == .HEAD, head.version == .http1_1 else { return nil }
        for route in routes {
            guard let id = route.parameter(of: head.uri) else { continue }
            return find(head, id, route, from: peer)
        }
        return nil
    }

    private func find(_ head: HTTPRequestHead, _ id: String, _ route: Route, from peer: Peer) -> Found? {
        let start = ContinuousClock.now
        guard let fields = ReadyFields(head.headers), let key = fields.key else { return nil }
        let client = surroundings.proxies.client(fields.claims, from: peer.address)
        guard surroundings.knows(fields.claims.authority), surroundings.knows(client.authority),
            let agent = authenticator.remembered(key), agent.scopes.contains(route.scope),
            limits?.takes(key: agent.key) ?? true
        else { return nil }
        let request = ReadyRequest(
            id: id,
            isHead: head.method == .HEAD,
            conditions: fields.conditions,
            agent: agent,
            address: client.address == peer.address ? peer.text : client.addressText,
            requestID: RequestID().description
        )
        guard let answer = route.answer(request) else {
            limits?.giveBack(key: agent.key)
            return nil
        }
        let line = AccessLine(
            start: start,
            method: request.isHead ? .head : .get,
            route: route.pattern,
            status: answer.head.status,
            requestID: request.requestID,
            caller: AccessLine.caller(key: agent.key),
            address: request.address
        )
        return Found(answer: answer, requestID: request.requestID, line: line)
    }
}

/// The header fields of a request that has a ready answer, gathered in one pass.
private struct ReadyFields {
    private(set) var key: String?
    private(set) var conditions = HTTPFields()
    private(set) var claims = ClientClaims()

    /// Nil when a field is there that asks for the ordinary way: a body, a page of another origin, a change of the
    /// connection, or two keys.
    init?(_ headers: HTTPHeaders) {
        for (name, value) in headers {
            switch name.utf8.count {
            case 4 where name.isField("host"): claims.authority = value
            case 5 where name.isField("range"): conditions.append(HTTPField(name: .range, value: value))
            case 6 where name.isField("origin") || name.isField("expect"): return nil
            case 7 where name.isField("upgrade"): return nil
            case 8 where name.isField("if-match"): conditions.append(HTTPField(name: .ifMatch, value: value))
            case 8 where name.isField("if-range"): conditions.append(HTTPField(name: .ifRange, value: value))
            case 9 where name.isField("x-api-key"):
                guard key == nil, !value.isEmpty else { return nil }
                key = value
            case 10 where name.isField("connection"):
                guard value.isField("keep-alive") else { return nil }
            case 13 where name.isField("authorization"):
                guard key == nil, let token = HTTPFields.bearerToken(in: value) else { return nil }
                key = token
            case 13 where name.isField("if-none-match"):
                conditions.append(HTTPField(name: .ifNoneMatch, value: value))
            case 14 where name.isField("content-length"): return nil
            case 15 where name.isField("x-forwarded-for"): claims.forwardedFor.append(value)
            case 16 where name.isField("x-forwarded-host"): claims.add(host: value)
            case 17 where name.isField("x-forwarded-proto"): claims.add(proto: value)
            case 17 where name.isField("transfer-encoding"): return nil
            case 17 where name.isField("if-modified-since"):
                conditions.append(HTTPField(name: .ifModifiedSince, value: value))
            case 19 where name.isField("if-unmodified-since"):
                conditions.append(HTTPField(name: .ifUnmodifiedSince, value: value))
            default: break
            }
        }
    }
}

extension String {
    /// Whether this is that name, in any case (RFC 9110 section 5.1).
    ///
    /// - Parameter name: in lower case. Both are of ASCII.
    fileprivate func isField(_ name: StaticString) -> Bool {
        guard utf8.count == name.utf8CodeUnitCount else { return false }
        var known = name.utf8Start
        for byte in utf8 {
            let isUpper = UInt8(ascii: "A") <= byte && byte <= UInt8(ascii: "Z")
            guard (isUpper ? byte | 0x20 : byte) == known.pointee else { return false }
            known += 1
        }
        return true
    }
}
