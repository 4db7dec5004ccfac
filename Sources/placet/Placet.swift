import App
import ArgumentParser

/// The command line: `placet COMMAND`.
///
/// Exit codes of every command: 0 done, 1 refused or failed, with one sentence on standard error, and 64 for wrong
/// usage (EX_USAGE, from ArgumentParser). ``Ask`` adds 3, 4 and 5.
@main
struct Placet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "placet",
        abstract: "A file and attachment service for AI agents and the humans who review their work.",
        version: Server.version,
        subcommands: [Serve.self, Keys.self, Users.self, Ask.self, Respond.self]
    )
}
