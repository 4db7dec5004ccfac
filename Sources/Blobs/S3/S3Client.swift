import AsyncHTTPClient
import CoreMetrics
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// One request to an S3 service, which may be made again.
struct S3Call: Sendable {
    /// As metrics name it.
    enum Operation: String, CaseIterable { case put, get, head, delete, list, multipart }

    let operation: Operation
    let method: HTTPMethod
    /// Below the prefix; nil for the bucket itself.
    var key: String?
    var query: [(String, String)] = []
    var range: Range<Int64>?
    var body = S3Source.bytes(ByteBuffer())
    /// Of the body, in hex.
    var digest = S3Signature.emptyDigest
}

/// Sends signed requests over a pool of connections, and again when that may help.
final class S3Client: Sendable {
    /// With pauses of at most 0.1, 0.4 and 1.6 s between them.
    private static let maxTries = 4
    /// How much of an answer is read at once: more than a listing of a thousand keys has.
    private static let maxAnswerBytes = 8 << 20
    /// Nothing of ours takes as long. What stalls is ended by the timeouts of the connection.
    private static let longest = TimeAmount.hours(24)

    let location: S3Location
    let threads: NIOThreadPool
    private let credentials: S3Credentials
    private let now: @Sendable () -> Int64
    private let http: HTTPClient
    private let counters: S3Counters
    /// `Int64.max` before the first answer.
    private let skew = Atomic(Int64.max)

    init(_ location: S3Location, _ credentials: S3Credentials, _ settings: S3Settings, _ threads: NIOThreadPool) {
        self.location = location
        self.credentials = credentials
        self.threads = threads
        now = settings.now
        counters = S3Counters(settings.metrics)
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.httpVersion = .http1Only
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = settings.connections
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.timeout.connect = .seconds(5)
        // From the end of a request to the first byte, and between two pieces. A reader who is slower loses the
        // connection to others, and gets another (``S3Body``).
        configuration.timeout.read = TimeAmount(settings.silence)
        configuration.timeout.write = TimeAmount(settings.silence)
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// How many seconds the service's clock is ahead of ours, by its last answer.
    var clockSkew: Int64? {
        let seconds = skew.load(ordering: .relaxed)
        return seconds == .max ? nil : seconds
    }

    func signature() -> S3Signature { S3Signature(location, credentials, at: now()) }

    func shutdown() async throws { try await http.shutdown() }

    /// Makes something of the answer to a request, whose status is 2xx. It is made again when it fails in a way that
    /// passes.
    ///
    /// - Throws: ``S3Error``, `CancellationError`.
    func send<Value>(_ call: S3Call, _ read: (HTTPClientResponse) async throws -> Value) async throws -> Value {
        for tries in 1... {
            do {
                return try await attempt(call, read)
            } catch let error as S3Error where error.isTransient && tries < Self.maxTries {
                try await pause(after: tries)
            }
        }
        preconditionFailure("the last try returns or throws")
    }

    /// Reads the answer to its end, so that its connection can be used again, and makes something of it.
    ///
    /// - Throws: ``S3Error``, `CancellationError`.
    func ask<Value>(_ call: S3Call, _ read: (HTTPHeaders, String) throws -> Value) async throws -> Value {
        try await send(call) { response in
            let body = try await response.body.collect(upTo: Self.maxAnswerBytes)
            return try read(response.headers, String(buffer: body))
        }
    }

    func ask(_ call: S3Call) async throws { try await ask(call) { _, _ in } }

    /// Waits before another try: longer each time, and never as long as others do.
    func pause(after tries: Int) async throws {
        counters.retries.increment()
        let longest = Duration.milliseconds(25 << (2 * tries))
        try await Task.sleep(for: longest * Double.random(in: 0.5...1))
    }

    private func attempt<Value>(
        _ call: S3Call,
        _ read: (HTTPClientResponse) async throws -> Value
    ) async throws -> Value {
        do {
            let response = try await http.execute(request(call), deadline: .now() + Self.longest)
            noteClock(response.headers)
            guard (200..<300).contains(response.status.code) else {
                let body = try? await response.body.collect(upTo: Self.maxAnswerBytes)
                let status = Int(response.status.code)
                throw S3Error(status: status, headers: response.headers, body: body.map { String(buffer: $0) } ?? "")
            }
            let value = try await read(response)
            counters.count(call.operation, .ok)
            return value
        } catch {
            if Task.isCancelled || error is CancellationError { throw CancellationError() }
            let error = S3Error(client: error)
            counters.count(call.operation, error.isAbsence ? .ok : .failed)
            throw error
        }
    }

    private func request(_ call: S3Call) -> HTTPClientRequest {
        let path = call.key.map(location.path) ?? "/\(location.bucket)"
        let query = S3Signature.query(call.query)
        var request = HTTPClientRequest(url: location.endpoint + path + (query.isEmpty ? "" : "?\(query)"))
        request.method = call.method
        for (name, value) in signature().fields(call.method.rawValue, path: path, query: query, digest: call.digest) {
            request.headers.add(name: name, value: value)
        }
        if let range = call.range {
            request.headers.add(name: "range", value: "bytes=\(range.lowerBound)-\(range.upperBound - 1)")
        }
        if [.PUT, .POST].contains(call.method) {
            let pieces = S3Pieces(source: call.body, threads: threads)
            request.body = .stream(pieces, length: .known(call.body.count))
        }
        return request
    }

    private func noteClock(_ headers: HTTPHeaders) {
        guard let date = headers.first(name: "date").flatMap(S3Text.seconds) else { return }
        skew.store(date - now(), ordering: .relaxed)
    }
}

/// What is counted of the requests to a service. All are there from the start, so that a figure of none is zero.
private struct S3Counters: Sendable {
    enum Outcome: String, CaseIterable { case ok, failed }

    let retries: Counter
    private let requests: [S3Call.Operation: [Outcome: Counter]]

    init(_ metrics: any MetricsFactory) {
        retries = Counter(label: "placet_s3_retries_total", factory: metrics)
        var requests: [S3Call.Operation: [Outcome: Counter]] = [:]
        for operation in S3Call.Operation.allCases {
            for outcome in Outcome.allCases {
                requests[operation, default: [:]][outcome] = Counter(
                    label: "placet_s3_requests_total",
                    dimensions: [("operation", operation.rawValue), ("outcome", outcome.rawValue)],
                    factory: metrics
                )
            }
        }
        self.requests = requests
    }

    func count(_ operation: S3Call.Operation, _ outcome: Outcome) { requests[operation]?[outcome]?.increment() }
}
