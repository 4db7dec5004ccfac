import Crypto
import FoundationEssentials
import HTTPTypes
import Hummingbird

/// Decides who may read what is for the operator's monitors alone.
///
/// With a token, whoever shows it. Without one, programs on this machine that ask it by its own name, unless the request
/// has been passed on: to a proxy on the same machine everybody is a neighbour.
package struct MonitorAccess: Sendable {
    /// Of the token.
    private let hash: SHA256Digest?

    package init(token: String?) {
        hash = token.map { SHA256.hash(data: Data($0.utf8)) }
    }

    /// - Throws: ``APIError`` 401 without the right token, 403 when there is none and the caller is not on this machine.
    package func check(_ request: Request, from client: Client) throws(APIError) {
        if let hash {
            // Comparing digests takes the same time whatever is equal.
            guard let token = request.headers.bearerToken, SHA256.hash(data: Data(token.utf8)) == hash else {
                throw .noMonitorToken
            }
        } else if !request.isFromThisMachine(client) {
            throw .monitorsAreLocal
        }
    }
}

extension Request {
    /// Whether a program on this machine sent it itself, as far as one can see.
    fileprivate func isFromThisMachine(_ client: Client) -> Bool {
        let isPassedOn = headers.contains { $0.name == .via || Self.forwarding.contains($0.name.canonicalName) }
        return client.isOnThisMachine && !isPassedOn && head.authority.map(KnownHosts.isOfTheMachine) ?? false
    }

    /// By which proxies say for whom they ask.
    private static let forwarding: Set = [
        "forwarded", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-real-ip",
    ]
}

extension Client {
    fileprivate var isOnThisMachine: Bool {
        guard let address else { return false }
        return address.isIPv6 ? address == IPAddress("::1") : address.bytes[0] == 127
    }
}

extension APIError {
    fileprivate static let noMonitorToken = APIError(
        .unauthorized,
        "Send the token of PLACET_METRICS_TOKEN as 'Authorization: Bearer'",
        headers: [.wwwAuthenticate: #"Bearer realm="metrics""#]
    )
    fileprivate static let monitorsAreLocal = APIError(
        .forbidden,
        "Only programs on the server's machine may read this, unless its operator sets PLACET_METRICS_TOKEN"
    )
}
