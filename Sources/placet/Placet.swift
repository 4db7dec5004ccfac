import App
import ArgumentParser
import Glibc

/// The command line: `placet COMMAND`.
///
/// Exit codes of every command: 0 done, 1 refused or failed, with one sentence on standard error, and 64 for wrong
/// usage (EX_USAGE, from ArgumentParser). ``Fsck``, ``MakeBackup`` and ``RestoreBackup`` add 2, ``Ask`` 3, 4 and 5.
@main
struct Placet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "placet",
        abstract: "A file and attachment service for AI agents and the humans who review their work.",
        version: Server.version,
        subcommands: [
            Serve.self, Keys.self, Users.self, Import.self, Stats.self, Collect.self, Fsck.self, MakeBackup.self,
            RestoreBackup.self, Migrate.self, Audit.self, LogLevel.self, Ask.self, Respond.self, ModelContext.self,
        ]
    )

    /// What ArgumentParser's own `main` does, but an error is printed with its controls made visible, as everything is,
    /// and the log is written to its end.
    static func main() async {
        var outcome = ExitCode.success
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            outcome = exitCode(for: error)
            let message = fullMessage(for: error)
            // Help and the version are no errors.
            if !message.isEmpty { try? say(message, to: outcome.isSuccess ? .standardOutput : .standardError) }
        }
        LogQueue.standardError.finish()
        Glibc.exit(outcome.rawValue)
    }
}
