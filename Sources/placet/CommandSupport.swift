import App
import ArgumentParser
import Foundation

/// `--storage`, which every command takes.
struct StorageOption: ParsableArguments {
    @Option(help: "The folder for index and files (default ./storage, or PLACET_STORAGE).")
    var storage: String?

    var arguments: [String: String] { storage.map { ["storage": $0] } ?? [:] }

    /// How to name the same folder again in a command line.
    var suffix: String { storage.map { " --storage \($0)" } ?? "" }
}

/// A refusal of the server, in its own sentence.
struct CommandFailure: Error, CustomStringConvertible {
    let description: String
}

/// The server as configured, not started yet.
func makeServer(_ arguments: [String: String]) throws -> Server {
    let configuration = try Configuration(arguments: arguments, environment: ProcessInfo.processInfo.environment)
    return Server(configuration: configuration, logger: configuration.makeLogger())
}

/// Standard output, at once: scripts wait for these lines.
func say(_ line: String) {
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
}
