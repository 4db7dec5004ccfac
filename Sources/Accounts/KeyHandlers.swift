import API
import HTTP
import HTTPTypes
import Hummingbird
import Index
import JSON

extension AccountsModule {
    // MARK: By the command line

    /// All keys of all users.
    func listKeysLocally(_ request: Request, _ context: RootContext) async throws -> Response {
        try .json(try await index.read { try $0.apiKeys(userID: nil) }.map { APIKeyJSON($0) })
    }

    /// Makes a key for the user with the email `user`, or for the first owner. Only this answer ever shows the key.
    ///
    /// - Throws: ``APIError`` 404 when there is no such user.
    func createKeyLocally(_ request: Request, _ context: RootContext) async throws -> Response {
        let (label, email) = try await request.read(context) { fields in
            (fields.label(), fields.optionalString("user"))
        }
        return try await makeKey(label) { tx in
            guard let user = try email.map({ try tx.user(email: $0) }) ?? tx.users().first(where: { $0.role == .owner })
            else { throw APIError.noSuchUser }
            return user.id
        }
    }

    /// Makes a key. Only the SHA-256 of its secret is stored.
    ///
    /// - Parameter user: finds the user within the transaction, so that none gets a key who was deleted a moment ago.
    private func makeKey(
        _ label: String,
        for user: @escaping @Sendable (Transaction) throws -> User.ID
    ) async throws -> Response {
        let (secret, id) = (Secret(.apiKey), APIKey.ID.make())
        let key = try await index.write { tx in
            let key = APIKey(
                id: id,
                userID: try user(tx),
                label: label,
                keyPrefix: secret.shownPrefix,
                createdAt: tx.now
            )
            try tx.insert(key, hash: secret.hash)
            return key
        }
        return try .json(APIKeyJSON(key, key: secret.text), status: .created)
    }

    /// Revokes a key, whoever owns it. It is dead when this answers.
    ///
    /// - Throws: ``APIError`` 404.
    func revokeKeyLocally(_ request: Request, _ context: RootContext) async throws -> Response {
        let id = try context.id(of: APIKey.self)
        guard try await index.write(for: .upkeep, { tx in try tx.revokeAnyAPIKey(id: id) }) else {
            throw APIError(.notFound, "No such key; see 'placet keys list'")
        }
        authenticator.forget(keyID: id)
        return try .json(["deleted": true])
    }

    // MARK: By users, for their own agents

    func listKeys(_ request: Request, _ context: UserContext) async throws -> Response {
        let userID = context.userID
        return try .json(try await index.read { try $0.apiKeys(userID: userID) }.map { APIKeyJSON($0) })
    }

    /// Makes a key for the caller. Only this answer ever shows it.
    func createKey(_ request: Request, _ context: UserContext) async throws -> Response {
        let label = try await request.read(context) { $0.optionalLabel() ?? "API key" }
        let userID = context.userID
        return try await makeKey(label) { _ in userID }
    }

    /// Gives a key of the caller's a new secret under the same id. The old secret is dead at once.
    ///
    /// - Throws: ``APIError`` 404, also for another user's key.
    func rotateKey(_ request: Request, _ context: UserContext) async throws -> Response {
        let (id, userID) = (try context.id(of: APIKey.self), context.userID)
        let secret = Secret(.apiKey)
        let key = try await index.write(for: .upkeep) { tx in
            try tx.rotateAPIKey(id, ownedBy: userID, keyPrefix: secret.shownPrefix, hash: secret.hash)
        }
        guard let key else { throw APIError.keyNotFound }
        authenticator.forget(keyID: id)
        return try .json(APIKeyJSON(key, key: secret.text))
    }

    /// Revokes a key of the caller's. It is dead when this answers.
    ///
    /// - Throws: ``APIError`` 404, also for another user's key.
    func revokeKey(_ request: Request, _ context: UserContext) async throws -> Response {
        let (id, userID) = (try context.id(of: APIKey.self), context.userID)
        let isRevoked = try await index.write(for: .upkeep) { tx in
            try tx.revokeAPIKey(id, ownedBy: userID)
        }
        guard isRevoked else { throw APIError.keyNotFound }
        authenticator.forget(keyID: id)
        return try .json(["deleted": true])
    }
}

extension APIError {
    fileprivate static let keyNotFound = APIError(.notFound, "API key not found")
}
