import ArgumentParser
import Glibc

/// `placet import`: takes over channels and keys of another server, so that agents go on with what they have.
struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take over channels and keys of another server.",
        discussion: """
            The file has a JSON object on each line: {"type":"channel","id":…,"name":…} or
            {"type":"key","label":…,"sha256":…}, and whose it is as "user":EMAIL (default: the first owner). All lines
            are taken over or none. What is there already stays as it is, so a file may be imported again. See
            docs/migrating.md.
            """
    )

    /// Sent as a JSON string, it stays well below the 8 MiB that a request may have.
    private static let maxBytes = 4 << 20

    @Argument(help: "The file; - reads standard input.")
    var file: String

    @Flag(help: "Check everything, and change nothing.")
    var dryRun = false

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let body = Body(lines: try lines(), dryRun: dryRun)
        let outcome: Outcome = try await ControlClient.send(.post, "import", body: body, storage: output.storage)
        try output.show(outcome) {
            let did = dryRun ? "Would import" : "Imported"
            let known = outcome.channels.unchanged + outcome.keys.unchanged
            return "\(did) channels: \(outcome.channels.added), keys: \(outcome.keys.added); there already: \(known)"
        }
    }

    private func lines() throws -> String {
        guard let stream = file == "-" ? fdopen(STDIN_FILENO, "r") : fopen(file, "re") else {
            throw CommandFailure(description: "The file cannot be read: \(file)")
        }
        defer { fclose(stream) }
        let bytes = [UInt8](unsafeUninitializedCapacity: Self.maxBytes + 1) { buffer, count in
            count = fread(buffer.baseAddress, 1, buffer.count, stream)
        }
        guard ferror(stream) == 0 else { throw CommandFailure(description: "The file cannot be read: \(file)") }
        guard bytes.count <= Self.maxBytes else {
            throw CommandFailure(description: "The file is larger than 4 MiB; import it in parts")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CommandFailure(description: "The file is not UTF-8")
        }
        return text
    }

    private struct Body: Encodable, Sendable {
        let lines: String
        let dryRun: Bool
    }

    /// As the control socket answers it; also what `--json` prints.
    private struct Outcome: Codable, Sendable {
        struct Count: Codable, Sendable {
            let added: Int
            /// Those that were there before.
            let unchanged: Int
        }

        let channels: Count
        let keys: Count
    }
}
