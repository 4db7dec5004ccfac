import ArgumentParser
import FoundationEssentials
import HTTP
import Index
import JSON

/// `placet ask`: asks a user from a script and waits for the answer.
///
/// It is a client like any other: it goes through the public API with an API key, not through the control socket, so it
/// also runs on another machine. Standard output has only the answer; what it is waiting for goes to standard error.
struct Ask: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ask a person a question and wait for the answer.",
        discussion: """
            Waits through time-outs and restarts of the server. Run again with the same --key, it waits for the same
            question instead of asking twice; another text, other options or other files under that key are refused.
            Prints the id of the chosen option and then the comment, or the text.

            The server is PLACET_URL (default http://127.0.0.1:3001), the API key API_KEY.

            Exit codes: 0 answered, 1 refused, 3 a negative option was chosen, 4 expired, 5 server unreachable, 64 usage.
            """
    )

    @Argument(help: "The question, in Markdown.")
    var question: String

    @Option(help: "The channel to ask in (default CHANNEL_ID).")
    var channel: String?

    @Option(help: ArgumentHelp("An option as ID or ID=LABEL; may be repeated.", valueName: "option"))
    var option: [String] = []

    @Option(
        help: ArgumentHelp("An option that ends the command with exit code 3; may be repeated.", valueName: "option")
    )
    var negative: [String] = []

    @Flag(help: "Ask for a text instead of offering options.")
    var input = false

    @Option(help: ArgumentHelp("A file to attach; may be repeated.", valueName: "path"))
    var file: [String] = []

    @Option(help: "A name for the question, unique in the channel: asked once under it, however often this is run.")
    var key: String?

    @Option(help: "Seconds until the question expires (default 86400, at most 129600).")
    var expires: Int?

    @Option(help: "Seconds for which the server may be unreachable before this gives up.")
    var patience = 300

    @Flag(help: "Print the outcome as JSON: status, messageId, response, feedback.")
    var json = false

    /// Refuses wrong arguments with exit code 64, before anything is sent.
    func validate() throws {
        if input, !option.isEmpty || !negative.isEmpty {
            throw ValidationError("--input asks for a text; leave out --option and --negative.")
        }
        guard patience >= 0 else { throw ValidationError("--patience must not be negative.") }
        let ids = options.map { ExactString($0.id) }
        if Set(ids).count != ids.count { throw ValidationError("Two options have the same id.") }
        if ids.contains(ExactString("")) { throw ValidationError("An option needs an id: --option ID=LABEL.") }
    }

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        guard let apiKey = environment["API_KEY"], !apiKey.isEmpty else {
            throw ValidationError("Set API_KEY to an API key; 'placet keys create' makes one.")
        }
        guard let channel = channel ?? environment["CHANNEL_ID"], !channel.isEmpty else {
            throw ValidationError("Say where to ask: --channel ID, or CHANNEL_ID.")
        }
        let client = try AgentClient(
            url: environment["PLACET_URL"] ?? "http://127.0.0.1:3001",
            apiKey: apiKey,
            channel: channel,
            patience: .seconds(patience)
        )
        do {
            try await ask(client)
        } catch AgentClient.Failure.unreachable(let reason) {
            try say("Error: The server cannot be reached: \(reason)", to: .standardError)
            // ArgumentParser knows only 1 and 64; a script must tell an absent server from a refusal.
            throw ExitCode(5)
        }
    }

    /// Asks the question once, waits for its answer however long that takes, and prints it.
    private func ask(_ client: AgentClient) async throws {
        let key = key ?? UUID().uuidString
        var files: [AgentClient.StoredFile] = []
        for path in file { files.append(try await client.store(path)) }
        let digest = digest(files)
        let body = body(channel: client.channel, key: key, files: files)
        let message = try await client.post("messages", body)
        guard let id = message["id"]?.text else { throw CommandFailure(description: "The server answered no message") }
        // If the question was asked before, its message has the files of that time, and those just stored are not
        // needed.
        let attached = Set(message["attachments"]?.elements.compactMap { $0["id"]?.text } ?? [])
        for file in files where !attached.contains(file.id) { try await client.discard(file: file.id) }
        try Self.check(message, asks: digest)
        // A run that is interrupted can be continued only with the key, so the key is printed now.
        try say("Waiting for an answer to \(id); to go on later, run again with --key \(key)", to: .standardError)

        while true {
            // 30 s is the longest wait that the server grants. It may restart in between.
            let outcome = try await client.get("reviews/\(id)/wait", ["timeout": "30000"])
            guard let status = outcome["status"]?.text, status != "timeout" else { continue }
            // It may have changed while it waited, as when a file was deleted.
            try Self.check(outcome["message"] ?? .null, asks: digest)
            // Acknowledged before it is printed. Should this process end here, the same key still gets the answer from
            // `wait`.
            _ = try await client.post("messages/\(id)/ack", nil)
            let review = outcome["message"]?["review"] ?? .null
            try show(status, id, review)
            guard status == "completed" else { throw ExitCode(4) }
            let chosen = review["response"]?["selectedOption"]
            if options.contains(where: { $0.isNegative && .string($0.id) == chosen }) { throw ExitCode(3) }
            return
        }
    }

    // MARK: The question

    /// An option as given on the command line: `ID=LABEL`, or an ID that is its own label.
    private struct Choice {
        let id: String
        let label: String
        let isNegative: Bool

        init(_ text: String, isNegative: Bool) {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            id = parts[0]
            label = parts.count > 1 ? parts[1] : parts[0]
            self.isNegative = isNegative
        }

        var json: JSONValue {
            .object([
                "id": .string(id), "label": .string(label), "style": .string(isNegative ? "danger" : "primary"),
            ])
        }
    }

    /// The options to choose from: approve and reject unless some are given.
    private var options: [Choice] {
        if option.isEmpty, negative.isEmpty {
            return [Choice("approve=Approve", isNegative: false), Choice("reject=Reject", isNegative: true)]
        }
        return option.map { Choice($0, isNegative: false) } + negative.map { Choice($0, isNegative: true) }
    }

    /// - Throws: ``CommandFailure`` when the message asks something else than this command: its answer is for that.
    private static func check(_ message: JSONValue, asks digest: String) throws {
        guard message["review"]?["digest"]?.text == digest else {
            let sentence = "asks something else: its text, options or files differ. Use another --key for this question"
            throw CommandFailure(description: "Message \(message["id"]?.text ?? "") of this key \(sentence)")
        }
    }

    private var type: String { input ? "text-input" : "approval" }

    private var payload: JSONValue {
        input ? .object([:]) : .object(["options": .array(options.map(\.json)), "allowComment": .bool(true)])
    }

    /// What this command asks, by the digest that the server computes too.
    private func digest(_ files: [AgentClient.StoredFile]) -> String {
        QuestionDigest(text: question, type: type, payloadJSON: payload.encoded()).hex(files: files.map(\.sha256))
    }

    /// The message with its review. Its `clientId` is the key: the server answers a repeat with the first message.
    private func body(channel: String, key: String, files: [AgentClient.StoredFile]) -> JSONValue {
        var review: JSONObject = ["type": .string(type), "payload": payload]
        if let expires { review["expiresInSeconds"] = .integer(Int64(expires)) }
        return .object([
            "channelId": .string(channel), "text": .string(question), "clientId": .string(key),
            "review": .object(review), "attachmentIds": .array(files.map { .string($0.id) }),
        ])
    }

    // MARK: The answer

    /// Prints the outcome: as JSON with `--json`, otherwise the chosen id or the text, then comment and feedback, a
    /// line each.
    ///
    /// An expired question has no answer, so its sentence goes to standard error.
    private func show(_ status: String, _ id: String, _ review: JSONValue) throws {
        if json {
            var outcome: JSONObject = ["status": .string(status), "messageId": .string(id)]
            outcome["response"] = review["response"]
            outcome["feedback"] = review["feedback"]
            try sayExactly(JSONValue.object(outcome).encoded())
            return
        }
        guard status == "completed" else {
            try say("The question expired without an answer", to: .standardError)
            return
        }
        let response = review["response"] ?? .null
        let lines = [response["selectedOption"] ?? response["text"], response["comment"], review["feedback"]]
            .compactMap { $0?.text }
        try say(lines.isEmpty ? response.encoded() : lines.joined(separator: "\n"))
    }
}
