import ArgumentParser
import HTTP
import JSON

/// `placet respond`: answers a review as the operator, over the control socket.
///
/// Prints the message's id. Exit codes: 0 answered, 1 refused (unknown message, already answered, expired, or a
/// response that does not fit the question), 64 for wrong usage.
struct Respond: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Answer a review from this machine.",
        discussion: """
            The response is JSON of the shape that the review's type asks for, such as '{"selectedOption":"approve"}',
            '{"selectedIds":["a"]}' or '{"text":"…"}'. It is checked against the question. Prints the message's id.
            """
    )

    @Argument(help: "The id of the message with the review.")
    var id: String

    @Argument(help: "The response, a JSON object.")
    var response: String

    @Option(help: "A remark for the agent.")
    var feedback: String?

    @OptionGroup var storage: StorageOption

    func run() async throws {
        // Checked here only for being JSON. The server knows the question, and checks the response against it.
        var body: JSONObject = ["response": try parsed()]
        body["feedback"] = feedback.map { .string($0) }
        let message: Message = try await ControlClient.send(
            .post,
            "reviews/\(id)/respond",
            body: JSONValue.object(body),
            storage: storage
        )
        try say(message.id)
    }

    private func parsed() throws -> JSONValue {
        do {
            return try JSONValue(text: response)
        } catch {
            guard case .malformed(let fault) = error else { throw ValidationError("The response nests too deep.") }
            throw ValidationError("The response is not JSON: \(fault).")
        }
    }

    private struct Message: Decodable, Sendable { let id: String }
}
