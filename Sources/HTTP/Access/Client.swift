import HTTPTypes
import Hummingbird
import NIOCore

/// The client of a request, as it looks from its own side: behind a trusted proxy not the proxy, but whom it serves.
package struct Client: Sendable, Equatable {
    /// Nil without TCP.
    let address: IPAddress?
    /// Whether it speaks TLS.
    package let isSecure: Bool
    /// The host and port that it asked for (RFC 9110 section 7.2). Nil when it named none.
    let authority: String?

    /// The address as text. Nil without TCP.
    package var addressText: String? { address?.description }

    /// The part of the address that stands for one client. Empty without TCP.
    ///
    /// For IPv6 this is the first 64 bits, because a network gives each of its hosts as many addresses as it likes.
    package var addressGroup: String {
        guard let address else { return "" }
        guard address.isIPv6 else { return address.description }
        return address.bytes[..<8].map { String($0, radix: 16) }.joined(separator: ":")
    }

    /// Scheme and authority, to put in front of a path. Empty when it named no valid host.
    package var origin: String {
        let host = /([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?/
        guard let authority, authority.wholeMatch(of: host) != nil else { return "" }
        return "\(isSecure ? "https" : "http")://\(authority)"
    }
}

extension IPAddress {
    /// The other end of a connection. Nil without TCP.
    init?(peerOf channel: any Channel) {
        guard let peer = channel.remoteAddress?.withSockAddr({ address, _ in IPAddress(address) }) else { return nil }
        self = peer.unmapped
    }
}

/// The proxies that may say who their client is (`PLACET_TRUSTED_PROXIES`): by `X-Forwarded-For`, `X-Forwarded-Proto`
/// and `X-Forwarded-Host`. From everybody else these headers are claims, and are ignored.
///
/// Without a list there is one exception: `X-Forwarded-Proto` is taken from anybody. It only decides about the caller's
/// own cookie and links, and a proxy that sets it works without being listed.
package struct TrustedProxies: Sendable {
    private let ranges: [AddressRange]

    /// - Parameter list: addresses and CIDR ranges, separated by commas.
    /// - Returns: nil when one of them cannot be read.
    package init?(_ list: String) {
        let items = list.split(separator: ",").map(\.trimmed).filter { !$0.isEmpty }
        ranges = items.compactMap { AddressRange(String($0)) }
        guard ranges.count == items.count else { return nil }
    }

    /// - Parameter peer: the other end of the connection.
    func client(_ claims: ClientClaims, from peer: IPAddress?) -> Client {
        let isTrusted = peer.map(contains) ?? false
        return Client(
            address: isTrusted ? peer.map { client(in: claims.forwardedFor, from: $0) } : peer,
            isSecure: (isTrusted || ranges.isEmpty) && claims.forwardedProto?.lowercased() == "https",
            authority: (isTrusted ? claims.forwardedHost : nil) ?? claims.authority
        )
    }

    /// Every proxy adds at the end whom it serves. So the client is the last one that is no proxy of ours; what stands
    /// before it is its own claim. A value that is no address ends the chain.
    private func client(in lines: [String], from peer: IPAddress) -> IPAddress {
        var client = peer
        for hop in lines.joined(separator: ",").split(separator: ",").reversed() {
            guard contains(client), let address = Self.address(hop.trimmed) else { break }
            client = address.unmapped
        }
        return client
    }

    private func contains(_ address: IPAddress) -> Bool {
        ranges.contains { $0.contains(address) }
    }

    /// Some proxies add the port: `192.0.2.1:4711`, `[2001:db8::1]:4711`.
    private static func address(_ hop: Substring) -> IPAddress? {
        if hop.hasPrefix("[") { return IPAddress(String(hop.dropFirst().prefix { $0 != "]" })) }
        let parts = hop.split(separator: ":", omittingEmptySubsequences: false)
        return IPAddress(String(parts.count == 2 ? parts[0] : hop))
    }
}

/// What a request says of its client.
struct ClientClaims: Sendable {
    /// `Host`, or what the target names.
    var authority: String?
    var forwardedFor: [String] = []
    /// The first value of a list. With several proxies it is from the one that the client reached.
    var forwardedProto: String? { Self.first(protoLine) }
    var forwardedHost: String? { Self.first(hostLine) }
    private var protoLine: String?
    private var hostLine: String?

    init() {}

    init(_ request: Request) {
        authority = request.head.authority
        forwardedFor = request.headers[values: .forwardedFor]
        for value in request.headers[values: .forwardedProto] { add(proto: value) }
        for value in request.headers[values: .forwardedHost] { add(host: value) }
    }

    mutating func add(proto value: String) { protoLine = protoLine ?? value }

    mutating func add(host value: String) { hostLine = hostLine ?? value }

    private static func first(_ line: String?) -> String? {
        guard let first = line?.prefix(while: { $0 != "," }).trimmed, !first.isEmpty else { return nil }
        return String(first)
    }
}

/// Finds out who the client is, before anything asks.
struct ClientFinder: RouterMiddleware {
    typealias Context = RootContext

    let proxies: TrustedProxies

    func handle(
        _ request: Request,
        context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        var context = context
        let peer = context.connection.client.address
        context.connection.client = proxies.client(ClientClaims(request), from: peer)
        return try await next(request, context)
    }
}

extension HTTPField.Name {
    static let forwardedFor = HTTPField.Name("x-forwarded-for")!
    static let forwardedProto = HTTPField.Name("x-forwarded-proto")!
    static let forwardedHost = HTTPField.Name("x-forwarded-host")!
}
