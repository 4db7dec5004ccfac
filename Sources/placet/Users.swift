import ArgumentParser

/// `placet users create|list`
struct Users: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make and list users.",
        subcommands: [Create.self, List.self]
    )

    struct User: Codable, Sendable {
        let id: String
        let email: String
        let displayName: String
        let role: String
        let mustChangePassword: Bool
        let createdAt: String
    }

    struct Created: Codable, Sendable {
        let user: User
        let password: String?
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
                let password = created.password.map { "\npassword: \($0)   (shown this once)" } ?? ""
                return "Created \(created.user.email) (\(created.user.role))" + password
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the users.")

        @OptionGroup var output: OutputOptions

        func run() async throws {
            let users: [User] = try await ControlClient.send(.get, "users", storage: output.storage)
            try output.show(users) {
                table(
                    ["ID", "EMAIL", "NAME", "ROLE", "CREATED"],
                    users.map { [$0.id, $0.email, $0.displayName, $0.role, $0.createdAt] }
                )
            }
        }
    }
}
