import Hummingbird
import NIOCore
import Synchronization

/// How often something may happen: so many times a second in the long run, and more than that in a burst.
package struct Rate: Sendable, Equatable {
    package let perSecond: Int
    /// How many at once after a silence.
    package let burst: Int

    package init(perSecond: Int, burst: Int) {
        self.perSecond = perSecond
        self.burst = burst
    }
}

/// Counts by key, in memory, one moment for each key: the generic cell rate algorithm (ITU-T I.371).
package final class RateLimiter<Key: Hashable & Sendable>: Sendable {
    /// How many keys are remembered. When there are more, those that are idle are forgotten, or else all.
    static var capacity: Int { 50_000 }

    private let interval: Duration
    private let tolerance: Duration
    /// When a key that always came at its rate would come next.
    private let nextArrivals = Mutex<[Key: ContinuousClock.Instant]>([:])

    convenience init(_ rate: Rate) {
        self.init(interval: .seconds(1) / rate.perSecond, burst: rate.burst)
    }

    /// One for each `interval` in the long run, `burst` at once after a silence.
    package init(interval: Duration, burst: Int) {
        self.interval = interval
        tolerance = interval * (burst - 1)
    }

    /// Takes back one that was counted and did not happen.
    package func giveBack(_ key: Key) {
        nextArrivals.withLock { arrivals in
            if let arrival = arrivals[key] { arrivals[key] = arrival - interval }
        }
    }

    /// Forgets what a key has done so far.
    package func forget(_ key: Key) {
        nextArrivals.withLock { $0[key] = nil }
    }

    /// Counts one; nil when it may happen, or how long to wait before it may.
    package func take(_ key: Key, now: ContinuousClock.Instant = .now) -> Duration? {
        nextArrivals.withLock { arrivals in
            let arrival = max(arrivals[key] ?? now, now)
            let wait = now.duration(to: arrival) - tolerance
            if wait > .zero { return wait }
            if arrivals.count >= Self.capacity, arrivals[key] == nil {
                arrivals = arrivals.filter { $0.value > now }
                if arrivals.count >= Self.capacity { arrivals = [:] }
            }
            arrivals[key] = arrival + interval
            return nil
        }
    }
}

/// What keeps one caller from taking the service from the others: limits for each key, and for each address that has shown
/// none. In memory, so that they begin anew with the process.
package struct RateLimits: Sendable {
    /// Wrong keys from one address: they cost a look-up each, and nobody needs many.
    package static let failures = Rate(perSecond: 1, burst: 20)

    private let keys: RateLimiter<String>
    private let addresses: RateLimiter<String>
    private let failures: RateLimiter<String>

    package init(_ rate: Rate) {
        keys = RateLimiter(rate)
        addresses = RateLimiter(rate)
        failures = RateLimiter(Self.failures)
    }

    /// - Throws: ``APIError`` 429.
    func count(key id: String) throws(APIError) {
        if let wait = keys.take(id) { throw .tooManyRequests(wait) }
    }

    /// - Throws: ``APIError`` 429.
    func count(_ context: RootContext) throws(APIError) {
        if let wait = addresses.take(context.connection.addressGroup) { throw .tooManyRequests(wait) }
    }

    /// Counts a key that was not valid. Callers with a valid one on the same address, such as behind a proxy, are not
    /// hindered by it.
    ///
    /// - Throws: ``APIError`` 429.
    func countFailure(_ context: RootContext) throws(APIError) {
        if let wait = failures.take(context.connection.addressGroup) { throw .tooManyRequests(wait) }
    }
}

/// Counts requests to routes that need no key.
struct AddressLimit: RouterMiddleware {
    typealias Context = RootContext

    let limits: RateLimits

    func handle(
        _ request: Request,
        context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        try limits.count(context)
        return try await next(request, context)
    }
}

extension Connection {
    /// The client's address as far as it stands for one client: of IPv6 the first 64 bits, since a network gives each of
    /// its hosts as many as it likes. Empty without TCP.
    package var addressGroup: String {
        guard let address = channel.remoteAddress else { return "" }
        guard case .v6 = address else { return address.ipAddress ?? "" }
        // sockaddr_in6: family, port and flow label take 8 bytes, then comes the address.
        return address.withSockAddr { pointer, size in
            let bytes = UnsafeRawBufferPointer(start: pointer, count: size)
            return bytes[8..<16].map { String($0, radix: 16) }.joined(separator: ":")
        }
    }
}

extension APIError {
    /// 429 (RFC 6585 section 4).
    package static func tooManyRequests(_ wait: Duration) -> APIError {
        let seconds = max(1, wait.components.seconds + (wait.components.attoseconds > 0 ? 1 : 0))
        let message = "Too many requests; send the next one in \(seconds) second(s)"
        return APIError(.tooManyRequests, message, headers: [.retryAfter: "\(seconds)"])
    }
}
