import App
import ArgumentParser

/// `placet serve`: runs the server in the foreground until SIGTERM or SIGINT.
///
/// Prints one line to standard output once the port is open, with the real port if `--port 0` was given; at the first
/// start also the owner's email, and the password if it was made up. The log goes to standard error. Exit codes: 0
/// after a stop by signal, 1 when it cannot start (the reason is on standard error), 64 for wrong usage.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve the API until SIGTERM or Ctrl-C.",
        discussion: "Settings come from arguments, then PLACET_* in the environment, then defaults: docs/settings.md."
    )

    @Option(help: "Address to listen on (default 127.0.0.1).")
    var host: String?

    @Option(help: "TCP port, 0 for a free one (default 3001).")
    var port: Int?

    @Option(
        help: """
            Where the files are, if not in the storage folder: 's3://bucket/prefix?endpoint=https://host'. Credentials \
            come from AWS_* in the environment or a file.
            """
    )
    var blobs: String?

    @Flag(help: "Send clients to the bucket for files of 8 MiB and more that are not shown (default off).")
    var redirectDownloads = false

    @OptionGroup var storage: StorageOption

    func run() async throws {
        var arguments = storage.arguments
        arguments["blobs"] = blobs
        if redirectDownloads { arguments["redirect.downloads"] = "on" }
        arguments["host"] = host
        arguments["port"] = port.map(String.init)
        let server = try makeServer(arguments, announceTo: .standardOutput)
        try await server.run { port in
            try? say("Placet \(Server.version) listens on http://\(server.configuration.host):\(port)")
        }
    }
}
