import AsyncHTTPClient
import Foundation
import HTTP
import JSON
import NIOCore
import NIOHTTP1

/// The agent API as a script uses it: asks again while the server is away or busy, gives up on what it refuses.
struct AgentClient: Sendable {
    enum Failure: Error {
        /// For longer than the patience reaches.
        case unreachable(String)
    }

    private static let longestPause = Duration.seconds(5)
    private static let timeout = TimeAmount.seconds(45)
    private static let uploadTimeout = TimeAmount.hours(6)
    private static let maxAnswerBytes = 64 << 20
    private static let chunkBytes = 256 << 10
    /// One that fails at once when nobody listens: the patience here is ours. Lives as long as the process.
    private static let http = {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    let url: String
    let apiKey: String
    let channel: String
    /// How long the server may be away in one go.
    let patience: Duration

    func get(_ path: String, _ query: [String: String]) async throws -> JSONValue {
        try await send(path, query) { HTTPClientRequest(url: $0) }
    }

    func post(_ path: String, _ body: JSONValue?) async throws -> JSONValue {
        let bytes = try body.map { ByteBuffer(string: try $0.encoded()) }
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

    /// Takes back a file that no message took. Refused is no failure: it may have gone at an attempt whose answer was
    /// lost, and would go by itself after a day.
    func discard(file id: String) async throws {
        do {
            _ = try await send("files/\(id)") { url in
                var request = HTTPClientRequest(url: url)
                request.method = .DELETE
                return request
            }
        } catch is CommandFailure {}
    }

    /// Stores a file of this machine for a message to come, and returns its id.
    func store(_ path: String) async throws -> String {
        let form = try FileForm(path: path, channel: channel)
        let answer = try await send("files/store", timeout: Self.uploadTimeout) { url in
            var request = HTTPClientRequest(url: url)
            request.method = .POST
            request.headers.add(name: "content-type", value: form.contentType)
            request.body = .stream(try form.chunks(of: Self.chunkBytes), length: .known(form.length))
            return request
        }
        guard case .object(let members) = answer, case .string(let id)? = members["id"] else {
            throw CommandFailure(description: "The server answered no file")
        }
        return id
    }

    /// Sends until there is an answer. All requests here may be repeated: that is what the clientId is for.
    private func send(
        _ path: String,
        _ query: [String: String] = [:],
        timeout: TimeAmount = Self.timeout,
        _ request: (_ url: String) throws -> HTTPClientRequest
    ) async throws -> JSONValue {
        var components = URLComponents(string: "\(url)/api/v1/\(path)")
        let items = query.merging(["channel": channel]) { given, _ in given }
        components?.queryItems = items.map { URLQueryItem(name: $0, value: $1) }
        guard let url = components?.string else { throw CommandFailure(description: "Not a URL: \(url)") }
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
            } catch {
                problem = "\(error)"
            }
            guard .now + pause <= end else { throw Failure.unreachable(problem) }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, Self.longestPause)
        }
    }

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
        let said = try? JSONValue(parsing: body.readableBytesView)["message"]?.text
        let message = said ?? "The server answered \(response.status)"
        guard response.status == .tooManyRequests || response.status.code >= 500 else {
            throw CommandFailure(description: message)
        }
        return .later(message, seconds: response.headers.first(name: "retry-after").flatMap { Int($0) } ?? 0)
    }
}

/// A multipart form (RFC 7578) with a channel and a file, read from the disk as it is sent.
private struct FileForm: Sendable {
    private let path: String
    private let head: String
    private let tail: String
    let contentType: String
    let length: Int64

    init(path: String, channel: String) throws {
        guard let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int64 else {
            throw CommandFailure(description: "No such file: \(path)")
        }
        let boundary = "placet-\(UUID().uuidString)"
        // All of RFC 8187's reserved characters escaped: every name arrives as it is, also with quotes or line ends.
        let name = URL(fileURLWithPath: path).lastPathComponent.addingPercentEncoding(
            withAllowedCharacters: .alphanumerics
        )
        self.path = path
        head = """
            --\(boundary)\r
            Content-Disposition: form-data; name="channelId"\r
            \r
            \(channel)\r
            --\(boundary)\r
            Content-Disposition: form-data; name="file"; filename*=UTF-8''\(name ?? "file")\r
            \r

            """
        tail = "\r\n--\(boundary)--\r\n"
        contentType = "multipart/form-data; boundary=\(boundary)"
        length = Int64(head.utf8.count) + size + Int64(tail.utf8.count)
    }

    func chunks(of size: Int) throws -> AsyncThrowingStream<ByteBuffer, any Error> {
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw CommandFailure(description: "The file cannot be read: \(path)")
        }
        let steps = Steps(file: file, head: head, tail: tail, size: size)
        return AsyncThrowingStream { try await steps.next() }
    }

    /// Head, pieces of the file, tail.
    private actor Steps {
        private let file: FileHandle
        private var head: String?
        private var tail: String?
        private let size: Int

        init(file: FileHandle, head: String, tail: String, size: Int) {
            self.file = file
            self.head = head
            self.tail = tail
            self.size = size
        }

        func next() throws -> ByteBuffer? {
            if let head {
                self.head = nil
                return ByteBuffer(string: head)
            }
            if let data = try file.read(upToCount: size), !data.isEmpty { return ByteBuffer(bytes: data) }
            defer { tail = nil }
            return tail.map { ByteBuffer(string: $0) }
        }
    }
}
