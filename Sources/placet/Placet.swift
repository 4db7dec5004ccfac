import App
import ArgumentParser

/// The command line: `placet COMMAND`.
@main
struct Placet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "placet",
        abstract: "A file and attachment service for AI agents and the humans who review their work.",
        version: Server.version,
        subcommands: [Serve.self, Keys.self, Users.self, Ask.self, Respond.self]
    )
}
