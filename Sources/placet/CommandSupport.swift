import App
import ArgumentParser
import Foundation
import Logging

/// `--storage`, which every command takes.
struct StorageOption: ParsableArguments {
    @Option(help: "The folder for index and files (default ./storage, or PLACET_STORAGE).")
    var storage: String?

    var arguments: [String: String] { storage.map { ["storage": $0] } ?? [:] }
}

/// A refusal of the server, in its own sentence.
struct CommandFailure: Error, CustomStringConvertible {
    let description: String
}

/// The server as configured, not started yet.
///
/// - Parameters:
///   - output: where the first owner's password goes, should this start make the owner. Nobody sees it again.
///   - isQuiet: log only what is serious, for commands whose answer matters and not how they came by it.
func makeServer(
    _ arguments: [String: String],
    announceTo output: FileHandle,
    isQuiet: Bool = false
) throws -> Server {
    let configuration = try Configuration(arguments: arguments, environment: ProcessInfo.processInfo.environment)
    var logger = configuration.makeLogger()
    if isQuiet { logger.logLevel = max(logger.logLevel, .error) }
    return Server(configuration: configuration, logger: logger) { owner in
        // The owner is stored by now; when nobody can be told, the start goes on.
        try? say("First start: the owner is \(owner.email)", to: output)
        guard let password = owner.generatedPassword else { return }
        try? say("  password: \(password)   (shown this once; you will be asked to change it)", to: output)
    }
}

/// Writes a line at once: scripts wait for these lines.
func say(_ line: String, to output: FileHandle = .standardOutput) throws {
    try output.write(contentsOf: Data((line + "\n").utf8))
}
