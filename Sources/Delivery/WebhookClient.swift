import API
import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Sends requests to checked addresses. The name is resolved once, every address is judged, and the connection goes to
/// one of those, whatever the name says a moment later.
struct WebhookClient: Sendable {
    typealias Resolve = @Sendable (_ host: String) async throws -> [IPAddress]

    /// How much of an answer is read, so that the receiver can finish. What it says does not matter.
    private static let maxAnswerBytes = 4096

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
    /// - Parameters:
    ///   - timeout: from looking up the name to the status.
    ///   - turn: counts the attempts, so that each goes to the next address.
    /// - Throws: ``AttemptFailure``, also when the task is cancelled.
    func send(_ request: WebhookRequest, timeout: Duration, turn: Int) async throws -> Int {
        let deadline = ContinuousClock.now + timeout
        do {
            let addresses = try await within(timeout) { try await resolve(request.target.host) }
            try rules.check(request.target, addresses: addresses)
            return try await send(request, to: addresses[turn % addresses.count], deadline - .now)
        } catch {
            throw Self.failure(error, timeout)
        }
    }

    private static let timeouts: [HTTPClientError?] = [.deadlineExceeded, .connectTimeout, .tlsHandshakeTimeout]

    /// Any error as a sentence that users understand; of foreign ones at most 300 characters.
    private static func failure(_ error: any Error, _ timeout: Duration) -> AttemptFailure {
        if let failure = error as? AttemptFailure { return failure }
        if error is Timeout || timeouts.contains(error as? HTTPClientError) {
            return AttemptFailure("The receiver did not answer within \(timeout)")
        }
        return AttemptFailure("The connection failed: \("\(error)".prefix(300))")
    }

    private func send(_ request: WebhookRequest, to address: IPAddress, _ timeout: Duration) async throws -> Int {
        var outgoing = HTTPClientRequest(url: request.target.url)
        outgoing.method = request.method
        outgoing.headers = request.headers
        outgoing.body = .bytes(request.body)
        // A client for each attempt: the address is set for the whole client, and no connection is used twice.
        return try await HTTPClient.withHTTPClient(
            configuration: Self.configuration(request.target.host, address)
        ) { [outgoing] client in
            // The client's timeout ends with the status. For the rest there is one of ours.
            let response = try await client.execute(outgoing, timeout: TimeAmount(timeout))
            let status = Int(response.status.code)
            guard (200..<300).contains(status) else {
                throw AttemptFailure("The receiver answered \(status)", status: status)
            }
            // It is delivered, whatever becomes of the rest.
            try? await within(Limits.webhookAnswer) { try await Self.drain(response.body) }
            return status
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
    private static func configuration(_ host: String, _ address: IPAddress) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.dnsOverride = [host: address.description]
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }
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
