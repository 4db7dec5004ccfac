import AsyncHTTPClient
import FoundationEssentials
import Glibc
import HTTP
import JSON
import NIOCore
import NIOHTTP1

/// The agent API as a script needs it: it tries again while the server is away or busy, and gives up when it is
/// refused.
///
/// Tried again: requests that get no answer or an unreadable one, and those answered 429 or 5xx. Any other refusal
/// throws ``CommandFailure`` with the server's own sentence.
struct AgentClient: Sendable {
    enum Failure: Error {
        /// The server could not be reached for as long as `patience` allows. The text is the last problem.
        case unreachable(String)
    }

    /// The pauses between tries start at 100 ms and double up to this. A longer `Retry-After` is obeyed.
    private static let longestPause = Duration.seconds(5)
    /// For one try. It is longer than the 30 s for which `wait` parks.
    private static let timeout = TimeAmount.seconds(45)
    /// For one try to send a file. The largest upload is 1 GiB unless configured, and the line may be slow.
    private static let uploadTimeout = TimeAmount.hours(6)
    /// More than any answer needs; it only bounds what a wrong server could fill the memory with.
    private static let maxAnswerBytes = 64 << 20
    /// How much of a file is read at a time.
    private static let chunkBytes = 256 << 10
    /// Fails at once when nobody listens, because the patience is ours. Follows no redirect, which would show the key
    /// to another server. Lives as long as the process.
    static let http = {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    let url: String
    let apiKey: String
    let channel: String
    /// How long the server may be away during one request.
    let patience: Duration

    /// - Throws: as ``check(url:apiKey:)``.
    init(url: String, apiKey: String, channel: String, patience: Duration) throws {
        try Self.check(url: url, apiKey: apiKey)
        self.url = url
        self.apiKey = apiKey
        self.channel = channel
        self.patience = patience
    }

    /// - Throws: ``CommandFailure`` for a URL or a key that can never work. It shows neither: both may have a secret in
    ///   them.
    static func check(url: String, apiKey: String) throws {
        let parts = URLComponents(string: url)
        guard let parts, ["http", "https"].contains(parts.scheme?.lowercased()), parts.host?.isEmpty == false,
            parts.user == nil, parts.password == nil, parts.query == nil, parts.fragment == nil
        else {
            throw CommandFailure(
                description: "PLACET_URL must be an address like http://127.0.0.1:3001, without a user name or a query"
            )
        }
        // Visible ASCII (RFC 9110 section 5.5). Often it is the line end of the file that the key was read from.
        guard apiKey.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw CommandFailure(
                description: "API_KEY has a line end, a blank or another character in it that no key has; copy it again"
            )
        }
    }

    func get(_ path: String, _ query: [String: String]) async throws -> JSONValue {
        try await send(path, query) { HTTPClientRequest(url: $0) }
    }

    /// Sends JSON, or no body at all when it is nil.
    func post(_ path: String, _ body: JSONValue?) async throws -> JSONValue {
        let bytes = body.map { ByteBuffer(string: $0.encoded()) }
        return try await send(path) { url in
            var request = HTTPClientRequest(url: url)
            request.method = .POST
            if let bytes {
                request.headers.add(name: "content-type", value: "application/json")
                request.body = .bytes(bytes)
            }
            return request
        }
    }

    /// Deletes a file that no message has taken.
    ///
    /// A refusal is not a failure: an earlier try whose answer was lost may have deleted the file. A file that stays is
    /// deleted by the server after a day.
    func discard(file id: String) async throws {
        do {
            _ = try await send("files/\(id)") { url in
                var request = HTTPClientRequest(url: url)
                request.method = .DELETE
                return request
            }
        } catch is CommandFailure {}
    }

    /// A file as the server has it.
    struct StoredFile: Sendable {
        let id: String
        let sha256: String
    }

    /// Stores a file of this machine for a later message. Every try reads the file anew.
    func store(_ path: String) async throws -> StoredFile {
        let form = try FileForm(path: path, channel: channel)
        let answer = try await send("files/store", timeout: Self.uploadTimeout) { url in
            var request = HTTPClientRequest(url: url)
            request.method = .POST
            request.headers.add(name: "content-type", value: form.contentType)
            request.body = .stream(try form.chunks(of: Self.chunkBytes), length: .known(form.length))
            return request
        }
        guard let id = answer["id"]?.text, let sha256 = answer["sha256"]?.text else {
            throw CommandFailure(description: "The server answered no file")
        }
        return StoredFile(id: id, sha256: sha256)
    }

    /// Sends until there is an answer. Every request here may be repeated: a message has its `clientId`, and `ask`
    /// deletes a file that was stored but not used.
    ///
    /// - Throws: ``Failure/unreachable(_:)`` when the next pause would end after `patience`, and ``CommandFailure``.
    private func send(
        _ path: String,
        _ query: [String: String] = [:],
        timeout: TimeAmount = Self.timeout,
        _ request: (_ url: String) throws -> HTTPClientRequest
    ) async throws -> JSONValue {
        let items = query.merging(["channel": channel]) { given, _ in given }
            .map { name, value in "\(name)=\(value.percentEncoded)" }
        let url = "\(url)/api/v1/\(path)?\(items.joined(separator: "&"))"
        var pause = Duration.milliseconds(100)
        let end = ContinuousClock.now + patience
        while true {
            let problem: String
            do {
                switch try await attempt(try request(url), timeout: timeout) {
                case .done(let value): return value
                case .later(let reason, let seconds):
                    problem = reason
                    pause = max(pause, .seconds(seconds))
                }
            } catch let error as CommandFailure {
                throw error
            } catch let error as HTTPClientError {
                // The whole description may have headers in it, and so the key.
                problem = error.shortDescription
            } catch {
                problem = "\(error)"
            }
            guard .now + pause <= end else { throw Failure.unreachable(problem) }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, Self.longestPause)
        }
    }

    /// What one try came to: an answer, or a reason to try again after at least so many seconds.
    private enum Outcome {
        case done(JSONValue)
        case later(String, seconds: Int)
    }

    private func attempt(_ request: HTTPClientRequest, timeout: TimeAmount) async throws -> Outcome {
        var request = request
        request.headers.add(name: "x-api-key", value: apiKey)
        let response = try await Self.http.execute(request, timeout: timeout)
        let body = try await response.body.collect(upTo: Self.maxAnswerBytes)
        if (200..<300).contains(response.status.code) {
            return .done(try JSONValue(parsing: body.readableBytesView))
        }
        if (300..<400).contains(response.status.code) {
            throw CommandFailure(
                description: "The server answered \(response.status): it has another address; set PLACET_URL to that"
            )
        }
        let said = try? JSONValue(parsing: body.readableBytesView)["message"]?.text
        let message = said ?? "The server answered \(response.status)"
        guard response.status == .tooManyRequests || response.status.code >= 500 else {
            throw CommandFailure(description: message)
        }
        return .later(message, seconds: response.headers.first(name: "retry-after").flatMap { Int($0) } ?? 0)
    }
}

/// A multipart form (RFC 7578) with a channel and a file. The file is read while it is sent, so memory does not grow
/// with it.
private struct FileForm: Sendable {
    private let path: String
    private let head: String
    private let tail: String
    let contentType: String
    /// Of the whole body, in bytes. Sent as Content-Length, so that the server can refuse a large file at once.
    let length: Int64

    init(path: String, channel: String) throws {
        var file = stat()
        guard stat(path, &file) == 0 else {
            throw CommandFailure(description: "No such file: \(path)")
        }
        let boundary = "placet-\(UUID().uuidString)"
        // Everything but letters, digits and `-._~` is escaped (RFC 8187), so every name arrives intact, even with
        // quotes or line ends.
        let name = URL(fileURLWithPath: path).lastPathComponent.percentEncoded
        self.path = path
        head = """
            --\(boundary)\r
            Content-Disposition: form-data; name="channelId"\r
            \r
            \(channel)\r
            --\(boundary)\r
            Content-Disposition: form-data; name="file"; filename*=UTF-8''\(name)\r
            \r

            """
        tail = "\r\n--\(boundary)--\r\n"
        contentType = "multipart/form-data; boundary=\(boundary)"
        length = Int64(head.utf8.count + file.st_size + tail.utf8.count)
    }

    func chunks(of size: Int) throws -> AsyncThrowingStream<ByteBuffer, any Error> {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            throw CommandFailure(description: "The file cannot be read: \(path)")
        }
        let steps = Steps(file: file, head: head, tail: tail, size: size)
        return AsyncThrowingStream { try await steps.next() }
    }

    /// Hands out the head, the pieces of the file and the tail, one at a time: no piece is read before it is needed.
    private actor Steps {
        /// A descriptor of its own.
        private let file: CInt
        private var head: String?
        private var tail: String?
        private let size: Int

        init(file: CInt, head: String, tail: String, size: Int) {
            self.file = file
            self.head = head
            self.tail = tail
            self.size = size
        }

        deinit { close(file) }

        func next() throws -> ByteBuffer? {
            if let head {
                self.head = nil
                return ByteBuffer(string: head)
            }
            let piece = try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
                let read = read(file, buffer.baseAddress, size)
                guard read >= 0 else { throw IOError(errnoCode: errno, reason: "read") }
                count = read
            }
            if !piece.isEmpty { return ByteBuffer(bytes: piece) }
            defer { tail = nil }
            return tail.map { ByteBuffer(string: $0) }
        }
    }
}
