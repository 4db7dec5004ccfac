import ArgumentParser

/// `placet keys create|list|revoke`: for the operator, who needs no account. The file permissions decide.
struct Keys: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make, list and revoke API keys.",
        subcommands: [Create.self, List.self, Revoke.self]
    )

    /// A key as the control socket answers it; also what `--json` prints.
    struct Key: Codable, Sendable, Identifiable {
        let id: String
        let userId: String
        let defaultChannelId: String?
        let label: String
        /// The first 11 characters of the key. The rest is stored only as a hash.
        let keyPrefix: String
        let scope: [String]?
        let expiresAt: String?
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

        @Option(help: "After how many days it expires (default: never).")
        var expires: Int?

        @Option(help: "What it opens: channels, read, send or files; may be repeated (default: everything).")
        var scope: [String] = []

        @Option(help: "The id of the channel for messages and files that name none (default: they must name one).")
        var channel: String?

        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard let expires, !(1...3650).contains(expires) else { return }
            throw ValidationError("--expires takes 1 to 3650 days.")
        }

        func run() async throws {
            let body = Body(
                label: label,
                user: user,
                expiresInSeconds: expires.map { $0 * 86_400 },
                scope: scope.isEmpty ? nil : scope,
                defaultChannelId: channel
            )
            // Nothing but the key is printed, so that `API_KEY=$(placet keys create --label ci)` works.
            let key: Key = try await ControlClient.send(.post, "keys", body: body, storage: output.storage)
            try output.show(key) { key.key ?? "" }
        }

        private struct Body: Encodable, Sendable {
            let label: String
            let user: String?
            let expiresInSeconds: Int?
            let scope: [String]?
            let defaultChannelId: String?
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the keys, without their secrets.")

        @OptionGroup var output: OutputOptions

        func run() async throws {
            let keys: [Key] = try await ControlClient.list("keys", storage: output.storage)
            try output.show(keys) {
                table(
                    ["ID", "LABEL", "KEY", "SCOPE", "EXPIRES", "LAST USED", "CREATED"],
                    keys.map { key in
                        [
                            key.id, key.label, key.keyPrefix + "…", key.scope?.joined(separator: ",") ?? "all",
                            key.expiresAt ?? "never", key.lastUsedAt ?? "never", key.createdAt,
                        ]
                    }
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
