import App
import ArgumentParser

/// `placet log-level`: how much a running server logs.
struct LogLevel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show or change how much the running server logs.",
        discussion: "The next start goes by PLACET_LOG_LEVEL again."
    )

    @Argument(help: "trace, debug, info, notice, warning, error or critical; without one it is shown.")
    var level: String?

    @OptionGroup var output: OutputOptions

    /// What the control socket answers; also what `--json` prints.
    struct Answer: Codable, Sendable {
        let level: String
    }

    func run() async throws {
        let answer: Answer
        if let level {
            answer = try await ControlClient.send(
                .post,
                "log-level",
                body: ["level": level],
                toRunning: true,
                storage: output.storage
            )
        } else {
            answer = try await ControlClient.send(.get, "log-level", toRunning: true, storage: output.storage)
        }
        try output.show(answer) { answer.level }
    }
}
