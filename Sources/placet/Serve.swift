import App
import ArgumentParser

/// `placet serve`
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve the API until SIGTERM or Ctrl-C.",
        discussion: "Settings come from arguments, then PLACET_* in the environment, then defaults; see the README."
    )

    @Option(help: "Address to listen on (default 127.0.0.1).")
    var host: String?

    @Option(help: "TCP port, 0 for a free one (default 3001).")
    var port: Int?

    @OptionGroup var storage: StorageOption

    func run() async throws {
        var arguments = storage.arguments
        arguments["host"] = host
        arguments["port"] = port.map(String.init)
        let server = try makeServer(arguments)
        try await server.run { started in
            if let owner = started.firstOwner { announce(owner) }
            say("Placet \(Server.version) listens on http://\(server.configuration.host):\(started.port)")
        }
    }

    private func announce(_ owner: Server.Started.Owner) {
        say("First start: the owner is \(owner.email)")
        if let password = owner.generatedPassword {
            say("  password: \(password)   (shown this once; you will be asked to change it)")
        }
        say("  an API key for your agents: placet keys create --label NAME\(storage.suffix)")
    }
}
