import ArgumentParser
import AsyncHTTPClient
import FoundationEssentials
import JSON
import NIOCore
import NIOHTTP1
import NIOPosix

/// `placet mcp`: the Model Context Protocol over standard input and output, for clients that start a program.
///
/// The tools are those of the server at `/mcp`: each message is sent there, and what comes back is printed. So there is
/// one list of tools, and an agent on another machine needs nothing but this program.
struct ModelContext: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mcp",
        abstract: "Give an agent the tools of a server, over standard input and output.",
        discussion: """
            Speaks the Model Context Protocol, one message a line. An agent starts this program by itself; its settings
            name the command 'placet mcp', with PLACET_URL (default http://127.0.0.1:3001) and API_KEY in the
            environment. A client that speaks HTTP can do without it, at /mcp of the server.
            """
    )

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        guard let apiKey = environment["API_KEY"], !apiKey.isEmpty else {
            throw ValidationError("Set API_KEY to an API key; 'placet keys create' makes one.")
        }
        let url = environment["PLACET_URL"] ?? "http://127.0.0.1:3001"
        try AgentClient.check(url: url, apiKey: apiKey)
        await MessageBridge(url: url, apiKey: apiKey).run()
    }
}

/// Carries messages from standard input to a server, and its answers to standard output.
private actor MessageBridge {
    /// Longer than a call is held.
    private static let timeout = TimeAmount.seconds(120)
    /// More than any answer has; it only bounds what a wrong server could fill the memory with.
    private static let maxAnswerBytes = 16 << 20

    private let url: String
    private let apiKey: String
    /// What the handshake has agreed on. Clients of the revision without one say it in each message.
    private var revision: String?
    /// The requests under way, by their ids.
    private var requests: [String: Task<Void, Never>] = [:]

    init(url: String, apiKey: String) {
        (self.url, self.apiKey) = (url, apiKey)
    }

    /// Returns at the end of standard input. What is under way then is left: its client has gone.
    func run() async {
        while let line = try? await NIOSingletons.posixBlockingThreadPool.runIfActive({ readLine() }) {
            guard !line.allSatisfy(\.isWhitespace) else { continue }
            guard let message = try? JSONValue(text: line) else {
                show(Self.failure(of: .null, "This line is not JSON", code: -32700))
                continue
            }
            take(message)
        }
        for request in requests.values { request.cancel() }
    }

    /// Requests run side by side. One that is cancelled is never answered.
    private func take(_ message: JSONValue) {
        if message["method"]?.text == "notifications/cancelled" {
            let id = message["params"]?["requestId"]?.encoded() ?? ""
            requests.removeValue(forKey: id)?.cancel()
            return
        }
        guard let id = message["id"] else { return }
        requests[id.encoded()] = Task {
            await carry(message, id)
            requests[id.encoded()] = nil
        }
    }

    private func carry(_ message: JSONValue, _ id: JSONValue) async {
        do {
            let response = try await AgentClient.http.execute(request(message), timeout: Self.timeout)
            if response.headers.first(name: "content-type")?.hasPrefix("text/event-stream") == true {
                try await showEvents(of: response.body)
                return
            }
            let bytes = try await response.body.collect(upTo: Self.maxAnswerBytes)
            let answer = (try? JSONValue(parsing: bytes.readableBytesView)) ?? .null
            if message["method"]?.text == "initialize" { revision = answer["result"]?["protocolVersion"]?.text }
            // What is no answer of the protocol is a refusal of the server: a wrong key, or too many requests.
            let sentence = answer["message"]?.text ?? "The server answered \(response.status)"
            show(answer["jsonrpc"] == nil ? Self.failure(of: id, sentence) : answer)
        } catch let error as HTTPClientError {
            // The whole description may have headers in it, and so the key.
            show(Self.failure(of: id, "The server at PLACET_URL does not answer: \(error.shortDescription)"))
        } catch {
            show(Self.failure(of: id, "The server at PLACET_URL does not answer: \(error)"))
        }
    }

    /// Prints what each event says when it comes. Ours have one line of data each.
    private func showEvents(of body: HTTPClientResponse.Body) async throws {
        var rest = ByteBuffer()
        for try await var part in body {
            rest.writeBuffer(&part)
            while let end = rest.readableBytesView.firstIndex(of: 0x0A) {
                let line = rest.readString(length: end - rest.readerIndex) ?? ""
                rest.moveReaderIndex(forwardBy: 1)
                if line.hasPrefix("data: "), let value = try? JSONValue(text: String(line.dropFirst(6))) { show(value) }
            }
            guard rest.readableBytes <= Self.maxAnswerBytes else {
                throw CommandFailure(description: "an event is larger than \(Self.maxAnswerBytes) bytes")
            }
            rest.discardReadBytes()
        }
    }

    /// A message as the server wants it. What the header must say stands in the body already.
    private func request(_ message: JSONValue) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: url.hasSuffix("/") ? "\(url)mcp" : "\(url)/mcp")
        request.method = .POST
        request.headers.add(name: "x-api-key", value: apiKey)
        request.headers.add(name: "content-type", value: "application/json")
        request.headers.add(name: "accept", value: "application/json, text/event-stream")
        let params = message["params"] ?? .null
        if let version = params["_meta"]?["io.modelcontextprotocol/protocolVersion"]?.text {
            request.headers.add(name: "mcp-protocol-version", value: version.wrapped)
            request.headers.add(name: "mcp-method", value: message["method"]?.text?.wrapped ?? "")
            if let name = (params["name"] ?? params["taskId"])?.text {
                request.headers.add(name: "mcp-name", value: name.wrapped)
            }
        } else if let revision {
            request.headers.add(name: "mcp-protocol-version", value: revision)
        }
        request.body = .bytes(ByteBuffer(string: message.encoded()))
        return request
    }

    private func show(_ message: JSONValue) {
        guard !Task.isCancelled else { return }
        try? sayExactly(message.encoded())
    }

    private static func failure(of id: JSONValue, _ sentence: String, code: Int64 = -32603) -> JSONValue {
        let error: JSONObject = ["code": .integer(code), "message": .string(sentence)]
        return .object(["jsonrpc": .string("2.0"), "id": id, "error": .object(error)])
    }
}

extension String {
    /// The text as a header may hold it: what is not plain goes in Base64 of its UTF-8, wrapped in `=?base64?…?=`.
    fileprivate var wrapped: String {
        let isPlain = utf8.allSatisfy { (0x20...0x7E).contains($0) } && first != " " && last != " " && !hasPrefix("=?")
        return isPlain ? self : "=?base64?\(Data(utf8).base64EncodedString())?="
    }
}
