import CoreMetrics
import Hummingbird
import Synchronization

/// How often something may happen: so many times a second in the long run, and more often in a burst.
package struct Rate: Sendable, Equatable {
    package let perSecond: Int
    /// How many may come at once after a silence.
    package let burst: Int

    package init(perSecond: Int, burst: Int) {
        self.perSecond = perSecond
        self.burst = burst
    }
}

/// Counts by key, with the generic cell rate algorithm (ITU-T I.371). In memory; it keeps one moment for each key.
package final class RateLimiter<Key: Hashable & Sendable>: Sendable {
    /// How many keys it remembers. When there are more, it forgets the idle ones, or all if none is idle.
    static var capacity: Int { 50_000 }

    private let interval: Duration
    private let tolerance: Duration
    /// When the next one would be due from a key that always kept to its rate.
    private let nextArrivals = Mutex<[Key: ContinuousClock.Instant]>([:])

    convenience init(_ rate: Rate) {
        self.init(interval: .seconds(1) / rate.perSecond, burst: rate.burst)
    }

    /// Allows one for each `interval` in the long run, and `burst` at once after a silence.
    package init(interval: Duration, burst: Int) {
        self.interval = interval
        tolerance = interval * (burst - 1)
    }

    /// Takes back one that was counted but did not happen.
    package func giveBack(_ key: Key) {
        nextArrivals.withLock { arrivals in
            if let arrival = arrivals[key] { arrivals[key] = arrival - interval }
        }
    }

    /// Forgets everything a key has done so far.
    package func forget(_ key: Key) {
        nextArrivals.withLock { $0[key] = nil }
    }

    /// Counts one. Returns nil if it may happen now, or else how long to wait, and then counts nothing.
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

/// Keeps one caller from taking the service away from the others.
///
/// It has limits for each key, session and link, and for each address that shows none. They are in memory, so they start
/// anew with the process.
package struct RateLimits: Sendable {
    /// The limit on wrong keys and links from one address. No honest caller sends many.
    package static let failures = Rate(perSecond: 1, burst: 20)

    private let keys: RateLimiter<String>
    private let addresses: RateLimiter<String>
    private let failures: RateLimiter<String>
    private let refused: (keys: Counter, addresses: Counter, failures: Counter)

    package init(_ rate: Rate, metrics: any MetricsFactory = NOOPMetricsHandler.instance) {
        keys = RateLimiter(rate)
        addresses = RateLimiter(rate)
        failures = RateLimiter(Self.failures)
        func counter(_ limit: String) -> Counter {
            Counter(label: "placet_rate_limited_total", dimensions: [("limit", limit)], factory: metrics)
        }
        refused = (counter("caller"), counter("address"), counter("failures"))
    }

    /// Counts a request with this API key, in this session or by this link.
    ///
    /// - Throws: ``APIError`` 429.
    func count(key id: String) throws(APIError) {
        guard let wait = keys.take(id) else { return }
        refused.keys.increment()
        throw .tooManyRequests(wait)
    }

    /// Counts a request with this API key if it may happen, and says whether it may.
    func takes(key id: String) -> Bool { keys.take(id) == nil }

    /// Takes back a request that was counted and is counted again.
    func giveBack(key id: String) { keys.giveBack(id) }

    /// Counts a request without a key by its address.
    ///
    /// - Throws: ``APIError`` 429.
    func count(_ client: Client) throws(APIError) {
        guard let wait = addresses.take(client.addressGroup) else { return }
        refused.addresses.increment()
        throw .tooManyRequests(wait)
    }

    /// Counts a wrong key or link by its address. Callers with a valid one on the same address, for example behind a
    /// proxy, are not affected.
    ///
    /// - Throws: ``APIError`` 429.
    func countFailure(_ client: Client) throws(APIError) {
        guard let wait = failures.take(client.addressGroup) else { return }
        refused.failures.increment()
        throw .tooManyRequests(wait)
    }
}

/// Counts requests to the open pages by address.
struct AddressLimit: RouterMiddleware {
    typealias Context = RootContext

    let limits: RateLimits

    func handle(
        _ request: Request,
        context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        try limits.count(context.connection.client)
        return try await next(request, context)
    }
}

/// Counts each share link by itself, like a key, and wrong ones by address: nobody uses up the links of others.
struct LinkLimit: RouterMiddleware {
    typealias Context = RootContext

    let limits: RateLimits

    func handle(
        _ request: Request,
        context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        try limits.count(key: request.uri.path)
        do {
            return try await next(request, context)
        } catch let error as APIError where error.status == .notFound {
            try limits.countFailure(context.connection.client)
            throw error
        }
    }
}

extension APIError {
    /// 429 (RFC 6585 section 4), with `Retry-After` in whole seconds, rounded up.
    package static func tooManyRequests(_ wait: Duration) -> APIError {
        let seconds = max(1, wait.components.seconds + (wait.components.attoseconds > 0 ? 1 : 0))
        let message = "Too many requests; send the next one in \(seconds) second(s)"
        return APIError(.tooManyRequests, message, headers: [.retryAfter: "\(seconds)"])
    }
}
