import App
import ArgumentParser
import FoundationEssentials
import Glibc
import Index
import Logging
import NIOCore

/// `--storage`, which every command takes but `ask`.
struct StorageOption: ParsableArguments {
    @Option(help: "The folder for index and files (default ./storage, or PLACET_STORAGE).")
    var storage: String?

    @Option(help: "The PostgreSQL with the index, postgresql://user@host/database (default a file in the folder).")
    var index: String?

    var arguments: [String: String] {
        ["storage": storage, "index": index].compactMapValues { $0 }
    }

    /// The folder that is meant, by the environment if need be.
    ///
    /// - Throws: a sentence about the first setting that is wrong.
    var path: String { get throws { try settings.storage } }

    /// - Throws: a sentence when the index is not a file in the folder, which says what to do instead.
    func requireIndexInFolder(orElse remedy: String) throws {
        guard let server = try settings.index else { return }
        throw CommandFailure(description: "The index is on PostgreSQL (\(server.name)): \(remedy)")
    }

    private var settings: ServerConfiguration {
        get throws {
            try ServerConfiguration(arguments: arguments, environment: ProcessInfo.processInfo.environment)
        }
    }
}

/// A refusal in one sentence: the server's own, or ours. It is printed to standard error, and the exit code is 1.
struct CommandFailure: Error, CustomStringConvertible {
    let description: String
}

/// Where a command says something.
enum StandardStream: Int32 {
    case standardOutput = 1
    case standardError = 2
}

/// Makes a configured server, not started yet.
///
/// - Parameters:
///   - output: where the email and password of the first owner go, if this start makes one. The password is never
///     shown again.
///   - isQuiet: log errors only. For commands, whose user wants the answer and no start-up lines.
/// - Throws: a sentence about the first setting that is wrong.
func makeServer(
    _ arguments: [String: String],
    announceTo output: StandardStream,
    isQuiet: Bool = false
) throws -> Server {
    let configuration = try ServerConfiguration(arguments: arguments, environment: ProcessInfo.processInfo.environment)
    var logger = configuration.makeLogger()
    if isQuiet { logger.logLevel = max(logger.logLevel, .error) }
    return Server(configuration: configuration, logger: logger) { owner in
        // The owner is stored by now. If the lines cannot be printed, the start goes on anyway.
        try? say("First start: the owner is \(owner.email)", to: output)
        guard let password = owner.generatedPassword else { return }
        try? say("  password: \(password)   (shown this once; you will be asked to change it)", to: output)
    }
}

/// Writes a text and a line end, unbuffered: scripts wait for these lines. What a terminal would obey is made visible,
/// because others wrote much of what is said: labels, names, comments.
///
/// Standard output has only what a script wants to read: the key, the id, the answer, JSON. Errors, and what a command
/// is waiting for, go to standard error.
func say(_ text: String, to output: StandardStream = .standardOutput) throws {
    try sayExactly(text.visible, to: output)
}

/// The same for JSON, which is read by programs, and for what we draw on a terminal: it stays as it is.
func sayExactly(_ text: String, to output: StandardStream = .standardOutput, end: String = "\n") throws {
    var rest = Array((text + end).utf8)[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(output.rawValue, $0.baseAddress, $0.count) }
        guard count >= 0 || errno == EINTR else { throw IOError(errnoCode: errno, reason: "write") }
        rest = rest.dropFirst(max(count, 0))
    }
}
