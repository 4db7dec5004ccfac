import FoundationEssentials
import HTTPTypes
import Hummingbird
import Index
import Routing

/// Users and API keys, for the command line (`placet users`, `placet keys`).
package struct AccountsModule: RouteModule {
    let index: Index
    let authenticator: KeyAuthenticator

    package init(index: Index, authenticator: KeyAuthenticator) {
        self.index = index
        self.authenticator = authenticator
    }

    package func addRoutes(to mounts: Mounts) {
        mounts.local
            .get("keys", use: listKeys)
            .post("keys", use: createKey)
            .delete("keys/:id", use: revokeKey)
            .get("users", use: listUsers)
            .post("users", use: createUser)
    }

    // MARK: Keys

    @Sendable
    func listKeys(_ request: Request, _ context: RootContext) async throws -> Response {
        try .json(try await index.read { try $0.apiKeys(userID: nil) })
    }

    /// Makes a key for the user named by `user` (an email), or for the first owner. The answer is the only place where
    /// the key itself is ever shown.
    @Sendable
    func createKey(_ request: Request, _ context: RootContext) async throws -> Response {
        var fields = try await request.jsonFields(on: context.connection)
        let label = fields.string("label", length: 1...64)
        let email = fields.optionalString("user")
        try fields.check()

        let secret = APIKeySecret()
        let (id, hash, prefix) = (Identifier.make(), secret.hash, secret.shownPrefix)
        let key = try await index.write { tx in
            guard let user = try email.map({ try tx.user(email: $0) }) ?? tx.users().first(where: { $0.role == .owner })
            else { throw APIError(.notFound, "No such user; see 'placet users list'") }
            let key = APIKey(
                id: id,
                userId: user.id,
                label: label,
                keyPrefix: prefix,
                lastUsedAt: nil,
                createdAt: tx.now
            )
            try tx.insert(key, hash: hash)
            return key
        }
        return try .json(CreatedKey(apiKey: key, key: secret.text), status: .created)
    }

    @Sendable
    func revokeKey(_ request: Request, _ context: RootContext) async throws -> Response {
        let id = try context.parameters.require("id")
        guard try await index.write({ tx in try tx.revokeAPIKey(id: id) }) else {
            throw APIError(.notFound, "No such key; see 'placet keys list'")
        }
        authenticator.forget(keyID: id)
        return try .json(["deleted": true])
    }

    // MARK: Users

    @Sendable
    func listUsers(_ request: Request, _ context: RootContext) async throws -> Response {
        try .json(try await index.read { try $0.users() })
    }

    @Sendable
    func createUser(_ request: Request, _ context: RootContext) async throws -> Response {
        var fields = try await request.jsonFields(on: context.connection)
        let email = fields.string("email", length: 3...254)
        let name = fields.optionalString("displayName", length: 1...200)
        let role = fields.optionalString("role")
        let password = fields.optionalString("password", length: 8...1024)
        if !email.contains("@") { fields.report("email", code: "invalid_string", "must be an email address") }
        if let role, User.Role(rawValue: role) == nil {
            fields.report("role", code: "invalid_enum_value", "must be owner or member")
        }
        try fields.check()

        // Hashing blocks, and handlers run on an event loop: a detached task does not.
        let new = try await Task.detached {
            try NewUser(
                email: email,
                displayName: name,
                role: role.flatMap(User.Role.init) ?? .member,
                password: password
            )
        }.value
        do {
            let user = try await index.write(new.insert)
            return try .json(CreatedUser(user: user, password: new.generatedPassword), status: .created)
        } catch IndexError.duplicate {
            throw APIError(.conflict, "A user with this email exists already")
        }
    }
}

/// An ``APIKey`` with the key itself, as the contract has it in the answer that creates one.
private struct CreatedKey: Encodable {
    let apiKey: APIKey
    let key: String

    private enum CodingKeys: CodingKey { case key }

    func encode(to encoder: any Encoder) throws {
        try apiKey.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(key, forKey: .key)
    }
}

private struct CreatedUser: Encodable {
    let user: User
    /// Only when we made it up.
    let password: String?
}
