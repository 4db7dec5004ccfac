import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Sends requests to checked addresses: the name is resolved once, every address is judged, and the connection goes to
/// one of those, whatever the name says a moment later.
struct WebhookClient: Sendable {
    typealias Resolve = @Sendable (_ host: String) async throws -> [IPAddress]

    /// How much of an answer is read, so that the receiver can finish; what it says does not matter.
    private static let maxAnswerBytes = 4096

    let rules: TargetRules
    let resolve: Resolve

    /// Sends once and answers the status, which is 2xx.
    ///
    /// - Parameters:
    ///   - timeout: for all of it, from the look-up of the name to the answer.
    ///   - turn: counts the attempts, so that each goes to the next address.
    /// - Throws: ``AttemptFailure``; anything when the task is cancelled.
    func send(_ request: WebhookRequest, timeout: Duration, turn: Int) async throws -> Int {
        try await withThrowingTaskGroup(of: Int.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                let addresses = try await resolve(request.target.host)
                try rules.check(request.target, addresses: addresses)
                return try await send(request, to: addresses[turn % addresses.count], timeout)
            }
            group.addTask {
                try await Task.sleep(for: timeout)
                throw AttemptFailure("The receiver did not answer within \(timeout)")
            }
            guard let status = try await group.next() else { throw CancellationError() }
            return status
        }
    }

    private func send(_ request: WebhookRequest, to address: IPAddress, _ timeout: Duration) async throws -> Int {
        var outgoing = HTTPClientRequest(url: request.target.url)
        outgoing.method = request.method
        outgoing.headers = request.headers
        outgoing.body = .bytes(request.body)
        do {
            // A client for each attempt: the override belongs to the client, and no connection is used twice.
            return try await HTTPClient.withHTTPClient(
                configuration: Self.configuration(request.target.host, address)
            ) { [outgoing] client in
                let response = try await client.execute(outgoing, timeout: TimeAmount(timeout))
                let status = Int(response.status.code)
                guard (200..<300).contains(status) else {
                    throw AttemptFailure("The receiver answered \(status)", status: status)
                }
                await drain(response.body)
                return status
            }
        } catch let failure as AttemptFailure {
            throw failure
        } catch {
            throw AttemptFailure("The connection failed: \("\(error)".prefix(300))")
        }
    }

    private func drain(_ body: HTTPClientResponse.Body) async {
        var count = 0
        do {
            for try await part in body {
                count += part.readableBytes
                if count > Self.maxAnswerBytes { return }
            }
        } catch {}  // It was delivered all the same.
    }

    /// No redirects, no proxy, and no second try behind our back. The name stays what TLS asks the receiver for.
    private static func configuration(_ host: String, _ address: IPAddress) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.dnsOverride = [host: address.description]
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }
}
