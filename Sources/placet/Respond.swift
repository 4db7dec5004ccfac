import ArgumentParser
import HTTP
import JSON

/// `placet respond`: answers a review as the operator, over the control socket.
///
/// Prints the message's id. Exit codes: 0 answered, 1 refused (unknown message, already answered, expired, changed, or
/// a response that does not fit the question), 64 for wrong usage.
struct Respond: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Answer a review from this machine.",
        discussion: """
            The response is JSON of the shape that the review's type asks for, such as '{"selectedOption":"approve"}',
            '{"selectedIds":["a"]}' or '{"text":"…"}'. It is checked against the question. Prints the message's id.

            Without a response, the question is shown and a line with the response is read. It is refused if the
            question has changed meanwhile.
            """
    )

    @Argument(help: "The id of the message with the review.")
    var id: String

    @Argument(help: "The response, a JSON object.")
    var response: String?

    @Option(help: "A remark for the agent.")
    var feedback: String?

    @Option(help: "The review's digest, as you saw it: a question that has changed since is not answered.")
    var digest: String?

    @OptionGroup var storage: StorageOption

    func run() async throws {
        let (response, shown) = try await responseAndShownDigest()
        // Checked here only for being JSON. The server knows the question, and checks the response against it.
        var body: JSONObject = ["response": try Self.parsed(response)]
        body["feedback"] = feedback.map { .string($0) }
        body["digest"] = (digest ?? shown).map { .string($0) }
        let message: Message = try await ControlClient.send(
            .post,
            "reviews/\(id)/respond",
            body: JSONValue.object(body),
            storage: storage
        )
        try say(message.id)
    }

    /// The response that was given, or one line of standard input and the digest of the question that was shown for it.
    private func responseAndShownDigest() async throws -> (response: String, digest: String?) {
        if let response { return (response, nil) }
        let message = try JSONValue(parsing: try await ControlClient.bytes(.get, "reviews/\(id)", storage: storage))
        try say(Self.question(message), to: .standardError)
        guard let line = readLine() else { throw ValidationError("Give a response, as an argument or as a line.") }
        return (line, message["review"]?["digest"]?.text)
    }

    /// Text, files, and type with payload, which has the options.
    private static func question(_ message: JSONValue) -> String {
        let review = message["review"] ?? .null
        let files = (message["attachments"]?.elements ?? []).compactMap { $0["filename"]?.text }
        let lines = [message["text"]?.text] + files.map { "File: \($0)" }
        let payload = (review["payload"] ?? .null).encoded()
        return (lines + ["\(review["type"]?.text ?? ""): \(payload)", "Response (JSON):"])
            .compactMap(\.self).joined(separator: "\n")
    }

    private static func parsed(_ response: String) throws -> JSONValue {
        do {
            return try JSONValue(text: response)
        } catch {
            guard case .malformed(let fault) = error else { throw ValidationError("The response nests too deep.") }
            throw ValidationError("The response is not JSON: \(fault).")
        }
    }

    private struct Message: Decodable, Sendable { let id: String }
}
