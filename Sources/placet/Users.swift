import App
import ArgumentParser

/// `placet users create|passwd|list`: for the operator, who needs no account. The file permissions decide.
struct Users: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make and list users, and reset their passwords.",
        subcommands: [Create.self, Passwd.self, List.self]
    )

    /// A user as the control socket answers it; also what `--json` prints.
    struct User: Codable, Sendable, Identifiable {
        let id: String
        let email: String
        let displayName: String
        let role: String
        let mustChangePassword: Bool
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

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the users.")

        @OptionGroup var output: OutputOptions

        func run() async throws {
            let users: [User] = try await ControlClient.list("users", storage: output.storage)
            try output.show(users) {
                table(
                    ["ID", "EMAIL", "NAME", "ROLE", "CREATED"],
                    users.map { [$0.id, $0.email, $0.displayName, $0.role, $0.createdAt] }
                )
            }
        }
    }
}
