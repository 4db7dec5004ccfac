import App
import ArgumentParser

/// `placet users create|passwd|quota|list`: for the operator, who needs no account. The file permissions decide.
struct Users: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make and list users, reset their passwords, and set their quotas.",
        subcommands: [Create.self, Passwd.self, Quota.self, List.self]
    )

    /// A user as the control socket answers it; also what `--json` prints.
    struct User: Codable, Sendable, Identifiable {
        let id: String
        let email: String
        let displayName: String
        let role: String
        let mustChangePassword: Bool
        let quotaBytes: Int?
        let createdAt: String
    }

    /// The answer to `create` and `passwd`.
    struct Created: Codable, Sendable {
        let user: User
        /// Set only if the server made the password up. It is shown now or never.
        let password: String?

        /// The sentence, and a line with the password if there is one to show.
        func saying(_ sentence: String) -> String {
            sentence + (password.map { "\npassword: \($0)   (shown this once)" } ?? "")
        }
    }

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a user with a random password, which is printed once.",
            discussion: "Set PLACET_NEW_PASSWORD to choose the password; it never stands on the command line."
        )

        @Argument(help: "The user's email address.")
        var email: String

        @Option(help: "The name to show (default: the part before the @).")
        var name: String?

        @Option(help: "owner or member.")
        var role = "member"

        @OptionGroup var output: OutputOptions

        func run() async throws {
            var body = ["email": email, "role": role]
            body["displayName"] = name
            body["password"] = chosenPassword
            let created: Created = try await ControlClient.send(.post, "users", body: body, storage: output.storage)
            try output.show(created) {
                created.saying("Created \(created.user.email) (\(created.user.role))")
            }
        }
    }

    struct Passwd: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a user another password, read from standard input.",
            discussion: "The user's sessions end; API keys stay. One that was made up must be changed by the user."
        )

        @Argument(help: "The user's email address.")
        var email: String

        @Flag(help: "Make up a password, which is printed once.")
        var generate = false

        @OptionGroup var output: OutputOptions

        func run() async throws {
            var body = ["email": email]
            if !generate {
                guard let password = readSecret("New password for \(email.onOneLine): "), !password.isEmpty else {
                    throw ValidationError("Write the password as one line to standard input, or use --generate.")
                }
                body["password"] = password
            }
            let changed: Created = try await ControlClient.send(
                .post,
                "users/password",
                body: body,
                storage: output.storage
            )
            try output.show(changed) {
                changed.saying("Changed the password of \(changed.user.email); all sessions have ended")
            }
        }
    }

    struct Quota: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set how many bytes of files a user may have.",
            discussion: "'default' goes by PLACET_QUOTA_USER_BYTES again. What is stored already stays."
        )

        @Argument(help: "The user's email address.")
        var email: String

        @Argument(help: "A number of bytes, or 'default'.")
        var bytes: String

        @OptionGroup var output: OutputOptions

        private struct Setting: Encodable, Sendable {
            let email: String
            let quotaBytes: Int?
        }

        func run() async throws {
            let number = Int(bytes)
            guard number != nil || bytes == "default" else {
                throw ValidationError("'\(bytes)' is neither a number of bytes nor 'default'.")
            }
            let user: User = try await ControlClient.send(
                .post,
                "users/quota",
                body: Setting(email: email, quotaBytes: number),
                storage: output.storage
            )
            try output.show(user) {
                "\(user.email) may have " + (user.quotaBytes.map { size($0) } ?? "what is configured")
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the users.")

        @OptionGroup var output: OutputOptions

        func run() async throws {
            let users: [User] = try await ControlClient.list("users", storage: output.storage)
            try output.show(users) {
                table(
                    ["ID", "EMAIL", "NAME", "ROLE", "QUOTA", "CREATED"],
                    users.map { user in
                        [
                            user.id, user.email, user.displayName, user.role, user.quotaBytes.map { size($0) } ?? "",
                            user.createdAt,
                        ]
                    }
                )
            }
        }
    }
}
