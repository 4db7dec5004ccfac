import Glibc
import HTTPTypes
import Logging
import Synchronization

/// How many connections may be open at a time, in all and from one address.
///
/// A connection above the limit is answered with 503, so that its client hears why. Such connections are few: each has
/// a descriptor, of which there are not enough.
package final class ConnectionLimits: Sendable {
    enum Verdict: Sendable {
        case admitted
        /// Its first request is answered with this, and it closes.
        case refused(APIError)
        /// It is closed at once.
        case dropped
    }

    /// How many connections may wait for their refusal at a time.
    static let refusedAtATime = 64
    /// How often the log says that connections are refused.
    private static let logged = Duration.seconds(10)

    private struct Open {
        var admitted = 0
        var refused = 0
        var ofAddress: [String: Int] = [:]
        var turnedAway = 0
        var nextLine: ContinuousClock.Instant?
    }

    private let inAll: Int
    private let ofAddress: Int?
    private let logger: Logger
    private let open = Mutex(Open())

    /// - Parameter inAll: nil for as many as the process has descriptors for.
    /// - Parameter ofAddress: for each IPv4 address and each IPv6 network of 64 bits; nil for no limit.
    package init(inAll: Int?, ofAddress: Int?, logger: Logger) {
        self.inAll = inAll ?? Self.forDescriptors(Self.descriptors)
        self.ofAddress = ofAddress
        self.logger = logger
    }

    /// How many connections leave enough of the process's descriptors for files, the index and webhooks: an eighth, and
    /// at least 64.
    static func forDescriptors(_ descriptors: Int) -> Int {
        max(descriptors - max(64, descriptors / 8), 16)
    }

    /// The limit on the descriptors of this process (`ulimit -n`).
    private static var descriptors: Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        return Int(clamping: min(limit.rlim_cur, 1 << 30))
    }

    /// Counts a new connection. ``close(from:_:)`` with the verdict is to follow when it ends.
    func open(from address: String, now: ContinuousClock.Instant = .now) -> Verdict {
        open.withLock { open in
            let refusal: APIError
            if open.admitted >= inAll {
                refusal = .tooManyConnections("The server has its limit of \(inAll) connections open")
                log(&open, now, ["PLACET_MAX_CONNECTIONS": "\(inAll)"])
            } else if let ofAddress, open.ofAddress[address, default: 0] >= ofAddress {
                refusal = .tooManyConnections("Your address has its limit of \(ofAddress) connections open")
                log(&open, now, ["PLACET_MAX_CONNECTIONS_PER_ADDRESS": "\(ofAddress)", "address": "\(address)"])
            } else {
                open.admitted += 1
                if ofAddress != nil { open.ofAddress[address, default: 0] += 1 }
                return .admitted
            }
            guard open.refused < Self.refusedAtATime else { return .dropped }
            open.refused += 1
            return .refused(refusal)
        }
    }

    func close(from address: String, _ verdict: Verdict) {
        open.withLock { open in
            switch verdict {
            case .admitted:
                open.admitted -= 1
                guard ofAddress != nil, let count = open.ofAddress[address] else { return }
                open.ofAddress[address] = count > 1 ? count - 1 : nil
            case .refused: open.refused -= 1
            case .dropped: break
            }
        }
    }

    private func log(_ open: inout Open, _ now: ContinuousClock.Instant, _ limit: Logger.Metadata) {
        open.turnedAway += 1
        if let nextLine = open.nextLine, now < nextLine { return }
        logger.warning("connections refused", metadata: limit.merging(["refused": "\(open.turnedAway)"]) { $1 })
        open.turnedAway = 0
        open.nextLine = now + Self.logged
    }
}

extension APIError {
    /// 503: the limit is the server's, and lifts when others leave.
    fileprivate static func tooManyConnections(_ limit: String) -> APIError {
        let message = "\(limit); close what is not needed, or try again in a few seconds"
        return APIError(.serviceUnavailable, message, headers: [.retryAfter: "5"])
    }
}
