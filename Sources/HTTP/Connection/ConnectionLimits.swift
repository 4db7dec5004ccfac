import Glibc
import HTTPTypes
import Logging
import Synchronization

/// How many connections may be open at a time, in all and from one address.
///
/// A connection above the limit is answered with 503, so that its client hears why, and ``healthPath`` is served all the
/// same. Such connections are few, because each has a descriptor: when there is another one, the oldest is closed.
package final class ConnectionLimits: Sendable {
    enum Verdict: Sendable {
        case admitted
        /// Its first request is answered with this, and it closes. The number is its place among such connections.
        case refused(APIError, Int)
    }

    /// What is answered on connections above the limit too: monitors ask for it.
    static let healthPath = "/health"
    /// How many connections may wait for their refusal at a time.
    static let refusedAtATime = 32
    /// From how many connections on they are a crowd, whose memory is given back when three quarters of it have gone.
    static let crowd = 1000
    /// How often the log says that connections are refused.
    private static let logged = Duration.seconds(10)

    private struct Open {
        var admitted = 0
        /// The most that were admitted since memory was given back.
        var crest = 0
        /// How to close those that wait for their refusal, the oldest first.
        var refused: [(number: Int, close: @Sendable () -> Void)] = []
        var lastNumber = 0
        var ofAddress: [String: Int] = [:]
        var turnedAway = 0
        var nextLine: ContinuousClock.Instant?
    }

    private let inAll: Int
    private let ofAddress: Int?
    private let logger: Logger
    private let onCrowdGone: @Sendable () -> Void
    private let open = Mutex(Open())

    /// - Parameters:
    ///   - inAll: nil for as many as the process has descriptors for.
    ///   - ofAddress: for each IPv4 address and each IPv6 network of 64 bits; nil for no limit.
    ///   - onCrowdGone: called when most connections of a crowd have closed.
    package init(
        inAll: Int?,
        ofAddress: Int?,
        logger: Logger,
        onCrowdGone: @escaping @Sendable () -> Void = LargeMemory.giveBackPieces
    ) {
        self.onCrowdGone = onCrowdGone
        self.inAll = inAll ?? Self.forDescriptors(Self.descriptors)
        self.ofAddress = ofAddress
        self.logger = logger
    }

    /// How many connections leave enough of the process's descriptors for files, the index and webhooks: an eighth, and
    /// at least 64.
    static func forDescriptors(_ descriptors: Int) -> Int {
        max(descriptors - max(64, descriptors / 8), 16)
    }

    /// Takes as many descriptors as the system lets this process have (`ulimit -Hn`).
    package static func raiseDescriptors() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        // If it fails, the process has what it was given.
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// The limit on the descriptors of this process (`ulimit -n`).
    private static var descriptors: Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        return Int(clamping: min(limit.rlim_cur, 1 << 30))
    }

    /// Counts a new connection. ``close(from:_:)`` with the verdict is to follow when it ends.
    ///
    /// - Parameter drop: closes the connection. Called when it waits for its refusal and others need its place.
    func open(
        from address: String,
        now: ContinuousClock.Instant = .now,
        drop: @escaping @Sendable () -> Void
    ) -> Verdict {
        let (verdict, oldest) = open.withLock { open -> (Verdict, (@Sendable () -> Void)?) in
            let refusal: APIError
            if open.admitted >= inAll {
                refusal = .tooManyConnections("The server has its limit of \(inAll) connections open")
                log(&open, now, ["PLACET_MAX_CONNECTIONS": "\(inAll)"])
            } else if let ofAddress, open.ofAddress[address, default: 0] >= ofAddress {
                refusal = .tooManyConnections("Your address has its limit of \(ofAddress) connections open")
                log(&open, now, ["PLACET_MAX_CONNECTIONS_PER_ADDRESS": "\(ofAddress)", "address": "\(address)"])
            } else {
                open.admitted += 1
                open.crest = max(open.crest, open.admitted)
                if ofAddress != nil { open.ofAddress[address, default: 0] += 1 }
                return (.admitted, nil)
            }
            open.lastNumber += 1
            open.refused.append((open.lastNumber, drop))
            let oldest = open.refused.count > Self.refusedAtATime ? open.refused.removeFirst().close : nil
            return (.refused(refusal, open.lastNumber), oldest)
        }
        oldest?()
        return verdict
    }

    func close(from address: String, _ verdict: Verdict) {
        let crowdIsGone = open.withLock { open in
            switch verdict {
            case .admitted:
                open.admitted -= 1
                if let count = open.ofAddress[address] { open.ofAddress[address] = count > 1 ? count - 1 : nil }
            case .refused(_, let number): open.refused.removeAll { $0.number == number }
            }
            guard open.crest >= Self.crowd, open.admitted <= open.crest / 4 else { return false }
            open.crest = open.admitted
            return true
        }
        if crowdIsGone { onCrowdGone() }
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
