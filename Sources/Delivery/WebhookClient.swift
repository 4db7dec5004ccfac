import API
import AsyncHTTPClient
import Glibc
import HTTP
import Index
import NIOCore
import NIOHTTP1

/// Sends requests to checked addresses. The name is resolved once, every address is judged, and the connection goes to
/// one of those, whatever the name says a moment later.
struct WebhookClient: Sendable {
    typealias Resolve = @Sendable (_ host: String) async throws -> [IPAddress]
    typealias Answer = (status: HTTPResponseStatus, headers: HTTPHeaders, body: ByteBuffer)
    /// Makes something of an answer, whose head has come.
    private typealias Reading<Value> =
        @Sendable (HTTPClientResponse, _ deadline: ContinuousClock.Instant) async throws -> Value

    /// How much of an answer is read, so that the receiver can finish. What it says does not matter.
    private static let maxAnswerBytes = 4096
    /// How long an address may take to accept the connection while others are left. Long enough for one lost packet.
    private static let longestConnecting = Duration.seconds(2)

    let rules: TargetRules
    let resolve: Resolve

    init(rules: TargetRules, resolve: @escaping Resolve) {
        self.rules = rules
        self.resolve = resolve
    }

    /// The client for real use: it asks the system for addresses.
    init(allowed: AllowedTargets) {
        self.init(rules: TargetRules(allowed: allowed), resolve: Resolver.addresses)
    }

    /// Sends once and returns the status, which is 2xx.
    ///
    /// - Parameter timeout: from looking up the name to the status, whatever the number of addresses.
    /// - Throws: ``AttemptFailure``, also when the task is cancelled.
    func send(_ request: WebhookRequest, timeout: Duration) async throws -> Int {
        try await send(request, timeout: timeout) { response, _ in
            if let failure = AttemptFailure(answer: response.status, response.headers) { throw failure }
            // It is delivered, whatever becomes of the rest.
            try? await within(Limits.webhookAnswer) { try await Self.drain(response.body) }
            return Int(response.status.code)
        }
    }

    /// Sends once and returns the whole answer, whatever its status.
    ///
    /// - Parameters:
    ///   - timeout: from looking up the name to the end of the body.
    ///   - limit: how many bytes the body may have.
    /// - Throws: ``AttemptFailure``, also when the task is cancelled.
    func answer(to request: WebhookRequest, timeout: Duration, limit: Int) async throws -> Answer {
        try await send(request, timeout: timeout) { response, deadline in
            let body = try await within(deadline - .now) { try await response.body.collect(upTo: limit) }
            return (response.status, response.headers, body)
        }
    }

    private func send<Value: Sendable>(
        _ request: WebhookRequest,
        timeout: Duration,
        reading: @escaping Reading<Value>
    ) async throws -> Value {
        let deadline = ContinuousClock.now + timeout
        do {
            let addresses = try await within(timeout) { try await resolve(request.target.host) }
            try rules.check(request.target, addresses: addresses)
            return try await send(request, toOneOf: addresses, until: deadline, reading: reading)
        } catch {
            throw AttemptFailure(client: error, timeout)
        }
    }

    /// Goes through the addresses, in the system's order of preference, until one accepts a connection. Nothing was sent
    /// to those before it.
    private func send<Value: Sendable>(
        _ request: WebhookRequest,
        toOneOf addresses: [IPAddress],
        until deadline: ContinuousClock.Instant,
        reading: @escaping Reading<Value>
    ) async throws -> Value {
        for (number, address) in addresses.enumerated().dropLast() {
            let share = (deadline - .now) / (addresses.count - number)
            do {
                let connecting = min(share, Self.longestConnecting)
                return try await send(request, to: address, connecting: connecting, until: deadline, reading: reading)
            } catch  where Self.isWithoutConnection(error) {
                continue
            }
        }
        let last = addresses[addresses.count - 1]
        return try await send(request, to: last, connecting: deadline - .now, until: deadline, reading: reading)
    }

    private static func isWithoutConnection(_ error: any Error) -> Bool {
        if let error = error as? IOError { return errnosOfConnecting.contains(error.errnoCode) }
        return [.connectTimeout, .tlsHandshakeTimeout].contains(error as? HTTPClientError)
    }

    private static let errnosOfConnecting: Set = [
        ECONNREFUSED, ENETUNREACH, EHOSTUNREACH, EADDRNOTAVAIL, EAFNOSUPPORT, EACCES, EPERM, ETIMEDOUT,
    ]

    private func send<Value: Sendable>(
        _ request: WebhookRequest,
        to address: IPAddress,
        connecting: Duration,
        until deadline: ContinuousClock.Instant,
        reading: @escaping Reading<Value>
    ) async throws -> Value {
        var outgoing = HTTPClientRequest(url: request.target.url)
        outgoing.method = request.method
        outgoing.headers = request.headers
        outgoing.body = .bytes(request.body)
        // A client for each attempt: the address is set for the whole client, and no connection is used twice.
        return try await HTTPClient.withHTTPClient(
            configuration: Self.configuration(request.target.host, address, connecting)
        ) { [outgoing] client in
            // The client's timeout ends with the status. For the rest there is one of ours.
            let response = try await client.execute(outgoing, timeout: TimeAmount(deadline - .now))
            return try await reading(response, deadline)
        }
    }

    private static func drain(_ body: HTTPClientResponse.Body) async throws {
        var count = 0
        for try await part in body {
            count += part.readableBytes
            if count > maxAnswerBytes { return }
        }
    }

    /// No redirects, no proxy, and no second try behind our back. TLS still checks the certificate against the name.
    private static func configuration(
        _ host: String,
        _ address: IPAddress,
        _ connecting: Duration
    ) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.dnsOverride = [host: address.description]
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.timeout.connect = TimeAmount(connecting)
        return configuration
    }
}

extension AttemptFailure {
    /// Nil for 2xx. 410 says that there is nothing here to try again; 429 and 503 may say when.
    fileprivate init?(answer status: HTTPResponseStatus, _ headers: HTTPHeaders) {
        if (200..<300).contains(status.code) { return nil }
        let asked = [.tooManyRequests, .serviceUnavailable].contains(status) ? headers.first(name: "retry-after") : nil
        self.init(
            "The receiver answered \(status.code)",
            status: Int(status.code),
            isFinal: status == .gone,
            retryAfter: asked.flatMap { RetrySchedule.retryAfter($0, now: .now()) }
        )
    }

    /// The only place where an error of the client becomes a text. The client's own descriptions may quote header
    /// values, which are secrets, so each kind has a sentence of ours.
    fileprivate init(client error: any Error, _ timeout: Duration) {
        switch error {
        case let failure as AttemptFailure: self = failure
        case is NIOTooManyBytesError: self.init("The answer is too large")
        case is Timeout: self.init("The receiver did not answer within \(timeout)")
        case let error as HTTPClientError where Self.timeouts.contains(error):
            self.init("The receiver did not answer within \(timeout)")
        case let error as IOError: self.init("The connection failed: " + String(cString: strerror(error.errnoCode)))
        case let error as HTTPClientError where error == .remoteConnectionClosed:
            self.init("The receiver hung up without an answer")
        case let error as HTTPClientError: self.init("The request failed: " + error.shortDescription)
        case is HTTPParserError: self.init("The receiver's answer is not HTTP")
        // The client's TLS is not ours to import, so its errors are known by their module.
        case _ where String(reflecting: type(of: error)).hasPrefix("NIOSSL."):
            self.init("TLS failed: is the receiver's certificate trusted, and valid for its host?")
        default: self.init("The connection failed")
        }
    }

    private static let timeouts: [HTTPClientError] = [.deadlineExceeded, .connectTimeout, .tlsHandshakeTimeout]
}

private struct Timeout: Error {}

/// What `work` returns.
///
/// - Throws: ``Timeout`` when it takes longer than `time`; what `work` throws.
private func within<Value: Sendable>(
    _ time: Duration,
    _ work: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup { group in
        defer { group.cancelAll() }
        group.addTask(operation: work)
        group.addTask {
            try await Task.sleep(for: time)
            throw Timeout()
        }
        guard let value = try await group.next() else { throw CancellationError() }
        return value
    }
}
