import ArgumentParser

/// `placet keys create|list|revoke`: for the operator, who needs no account. The file permissions decide.
struct Keys: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make, list and revoke API keys.",
        subcommands: [Create.self, List.self, Revoke.self]
    )

    /// A key as the control socket answers it; also what `--json` prints.
    struct Key: Codable, Sendable {
        let id: String
        let userId: String
        let label: String
        /// The first 11 characters of the key. The rest is stored only as a hash.
        let keyPrefix: String
        let lastUsedAt: String?
        let createdAt: String
        /// The key itself. Only the answer to `create` has it.
        let key: String?
    }

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Make a key; prints only the key.")

        @Option(help: "What the key is for, 1 to 64 characters.")
        var label: String

        @Option(help: "The email of the user it acts for (default: the first owner).")
        var user: String?

        @OptionGroup var output: OutputOptions

        func run() async throws {
            var body = ["label": label]
            body["user"] = user
            // Nothing but the key is printed, so that `API_KEY=$(placet keys create --label ci)` works.
            let key: Key = try await ControlClient.send(.post, "keys", body: body, storage: output.storage)
            try output.show(key) { key.key ?? "" }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the keys, without their secrets.")

        @OptionGroup var output: OutputOptions

        func run() async throws {
            let keys: [Key] = try await ControlClient.send(.get, "keys", storage: output.storage)
            try output.show(keys) {
                table(
                    ["ID", "LABEL", "KEY", "LAST USED", "CREATED"],
                    keys.map { [$0.id, $0.label, $0.keyPrefix + "…", $0.lastUsedAt ?? "never", $0.createdAt] }
                )
            }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "End a key's life at once.")

        @Argument(help: "The id of the key, from 'placet keys list'.")
        var id: String

        @OptionGroup var output: OutputOptions

        func run() async throws {
            let answer: [String: Bool] = try await ControlClient.send(.delete, "keys/\(id)", storage: output.storage)
            try output.show(answer) { "Revoked \(id)" }
        }
    }
}
