import HTTPTypes
import Hummingbird
import NIOHTTP1

/// The routes that have ready answers. Modules add theirs to it while the routers are made.
package final class ReadyTable {
    private(set) var routes: [ReadyRoutes.Route] = []

    /// - Parameters:
    ///   - path: under `/api/v1/`, with one parameter or none: `files/:id/download`. An ordinary route must be there
    ///     too. The first one that fits a request is asked, so literal paths come first.
    ///   - isLong: whether an answer may take a good part of a millisecond, as when it reads the index.
    ///   - answer: nil when the answer is not at hand, or is one that only the ordinary route gives. Runs on the event
    ///     loop.
    package func add(
        _ path: String,
        scope: KeyScope,
        isLong: Bool = false,
        answer: @escaping @Sendable (ReadyRequest) -> ReadyAnswer?
    ) {
        routes.append(ReadyRoutes.Route("/api/v1/" + path, scope: scope, isLong: isLong, answer: answer))
    }
}

/// Finds answers that are ready: those of hot downloads and of small reads of the index, for a key that is remembered.
///
/// The rules are those of the ordinary way, in its order: names of the server, key, scope, rate. Where one would refuse,
/// or a request has anything that is not understood here, the answer is nil, and the request takes the ordinary way.
/// Nothing has been counted then.
package struct ReadyRoutes: Sendable {
    struct Route: Sendable {
        let scope: KeyScope
        let isLong: Bool
        /// What stands before and behind the parameter; all of the path, and nil, without one.
        let (prefix, suffix): (String, String?)
        /// As the router writes it.
        let pattern: String
        let answer: @Sendable (ReadyRequest) -> ReadyAnswer?

        init(
            _ path: String,
            scope: KeyScope,
            isLong: Bool,
            answer: @escaping @Sendable (ReadyRequest) -> ReadyAnswer?
        ) {
            (self.scope, self.isLong, self.answer) = (scope, isLong, answer)
            guard let colon = path.firstIndex(of: ":") else {
                (prefix, suffix, pattern) = (path, nil, path)
                return
            }
            let end = path[colon...].firstIndex(of: "/") ?? path.endIndex
            (prefix, suffix) = (String(path[..<colon]), String(path[end...]))
            pattern = "\(path[..<colon]){\(path[colon..<end].dropFirst())}\(path[end...])"
        }

        /// The parameter of a path on this route; empty where there is none.
        func parameter(of path: Substring.UTF8View) -> String? {
            guard path.starts(with: prefix.utf8) else { return nil }
            let rest = path.dropFirst(prefix.utf8.count)
            guard let suffix else { return rest.isEmpty ? "" : nil }
            let id = rest.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "%") }
            guard !id.isEmpty, rest[id.endIndex...].elementsEqual(suffix.utf8) else { return nil }
            return String(Substring(id))
        }
    }

    /// An answer, with what the log says of it.
    struct Found: Sendable {
        let answer: ReadyAnswer
        let isLong: Bool
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

    /// - Parameter onlyShort: whether what may take long is left to the ordinary way.
    func find(_ head: HTTPRequestHead, from peer: Peer, onlyShort: Bool) -> Found? {
        guard head.method == .GET || head.method == .HEAD, head.version == .http1_1,
            let (route, parameters) = route(of: head.uri), !(onlyShort && route.isLong)
        else { return nil }
        return find(head, parameters, route, from: peer)
    }

    private func route(of target: String) -> (Route, ReadParameters)? {
        let path = target.utf8.prefix { $0 != UInt8(ascii: "?") }
        let query = target.utf8[path.endIndex...].dropFirst()
        // A client that sends what it should keep to itself (RFC 3986 section 3.5).
        guard !query.contains(UInt8(ascii: "#")) else { return nil }
        for route in routes {
            guard let id = route.parameter(of: path) else { continue }
            return (route, ReadParameters(id: id, queryText: String(Substring(query))))
        }
        return nil
    }

    private func find(
        _ head: HTTPRequestHead,
        _ parameters: ReadParameters,
        _ route: Route,
        from peer: Peer
    ) -> Found? {
        let start = ContinuousClock.now
        guard let fields = ReadyFields(head.headers), let key = fields.key else { return nil }
        let client = surroundings.proxies.client(fields.claims, from: peer.address)
        guard surroundings.knows(fields.claims.authority), surroundings.knows(client.authority),
            let agent = authenticator.remembered(key), agent.scopes.contains(route.scope),
            limits?.takes(key: agent.key) ?? true
        else { return nil }
        let request = ReadyRequest(
            parameters: parameters,
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
        return Found(answer: answer, isLong: route.isLong, requestID: request.requestID, line: line)
    }
}
