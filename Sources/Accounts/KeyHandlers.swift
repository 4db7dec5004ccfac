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
        let page = try PageRequest(request, defaultLimit: PageRequest.usualArray)
        let keys = try await index.read { try $0.apiKeys(before: page.cursor(), limit: page.limit + 1) }
        return try answer(keys, page, request)
    }

    /// Makes a key for the user with the email `user`, or for the first owner. Only this answer ever shows the key.
    ///
    /// - Throws: ``APIError`` 404 when there is no such user.
    func createKeyLocally(_ request: Request, _ context: RootContext) async throws -> Response {
        let (label, limits, email, channel) = try await request.read(context) { fields in
            fields.allowOnly("label", "scope", "expiresInSeconds", "user", "defaultChannelId")
            return (fields.label(), KeyLimits(&fields), fields.optionalString("user"), fields.defaultChannelID())
        }
        let new = NewKey(label: label, limits: limits, channelID: channel)
        let key = try await index.write(as: context.origin(.commandLine)) { tx in
            guard let user = try email.map({ try tx.user(email: $0) }) ?? tx.firstOwner() else {
                throw APIError.noSuchUser
            }
            return try new.insert(tx, for: user.id)
        }
        return try .json(APIKeyJSON(key, key: new.secret.text), status: .created)
    }

    /// Revokes a key, whoever owns it. It is dead when this answers.
    ///
    /// - Throws: ``APIError`` 404.
    func revokeKeyLocally(_ request: Request, _ context: RootContext) async throws -> Response {
        let id = try context.id(of: APIKey.self)
        let origin = context.origin(.commandLine)
        guard try await index.write(as: origin, for: .upkeep, { tx in try tx.revokeAnyAPIKey(id: id) }) else {
            throw APIError(.notFound, "No such key; see 'placet keys list'")
        }
        return try .json(["deleted": true])
    }

    // MARK: By users, for their own agents

    func listKeys(_ request: Request, _ context: UserContext) async throws -> Response {
        let page = try PageRequest(request, defaultLimit: PageRequest.usualArray)
        let keys = try await index.read(by: context.principal) {
            try $0.apiKeys(userID: $1.id, before: page.cursor(), limit: page.limit + 1)
        }
        return try answer(keys, page, request)
    }

    private func answer(_ keys: [APIKey], _ page: PageRequest, _ request: Request) throws -> Response {
        try .array(PageJSON(keys, limit: page.limit, id: \.id) { APIKeyJSON($0) }, of: request)
    }

    /// Makes a key for the caller. Only this answer ever shows it.
    func createKey(_ request: Request, _ context: UserContext) async throws -> Response {
        let (label, limits, channel) = try await request.read(context) { fields in
            fields.allowOnly("label", "scope", "expiresInSeconds", "defaultChannelId")
            return (fields.optionalLabel() ?? "API key", KeyLimits(&fields), fields.defaultChannelID())
        }
        let new = NewKey(label: label, limits: limits, channelID: channel)
        let key = try await index.write(by: context.principal.confirmed) { try new.insert($0, for: $1.id) }
        return try .json(APIKeyJSON(key, key: new.secret.text), status: .created)
    }

    /// Gives a key of the caller's another default channel, or none. It opens no more by that.
    ///
    /// - Throws: ``APIError`` 404, also for another user's key or channel.
    func changeKey(_ request: Request, _ context: UserContext) async throws -> Response {
        let id = try context.id(of: APIKey.self)
        let channel = try await request.read(context) { fields in
            fields.allowOnly("defaultChannelId")
            if !fields.has("defaultChannelId") {
                fields.report("defaultChannelId", code: "required", "is required; null for none")
            }
            return fields.defaultChannelID()
        }
        let key = try await index.write(by: context.principal) { tx, user in
            try tx.setDefaultChannel(channel, of: id, ownedBy: user)
        }
        guard let key else { throw APIError.keyNotFound }
        return try .json(APIKeyJSON(key))
    }

    /// Gives a key of the caller's a new secret under the same id. The old secret is dead at once.
    ///
    /// - Throws: ``APIError`` 404, also for another user's key and for one that has expired.
    func rotateKey(_ request: Request, _ context: UserContext) async throws -> Response {
        let (id, secret) = (try context.id(of: APIKey.self), Secret(.apiKey))
        let key = try await index.write(by: context.principal.confirmed, for: .upkeep) { tx, user in
            try tx.rotateAPIKey(id, ownedBy: user, keyPrefix: secret.shownPrefix, hash: secret.hash)
        }
        guard let key else { throw APIError.keyNotFound }
        return try .json(APIKeyJSON(key, key: secret.text))
    }

    /// Revokes a key of the caller's. It is dead when this answers.
    ///
    /// - Throws: ``APIError`` 404, also for another user's key.
    func revokeKey(_ request: Request, _ context: UserContext) async throws -> Response {
        let id = try context.id(of: APIKey.self)
        let isRevoked = try await index.write(by: context.principal, for: .upkeep) { tx, user in
            try tx.revokeAPIKey(id, ownedBy: user)
        }
        guard isRevoked else { throw APIError.keyNotFound }
        return try .json(["deleted": true])
    }
}

/// A key about to be stored. Secret and id are made before the transaction, which may run twice.
private struct NewKey: Sendable {
    let label: String
    let limits: KeyLimits
    let channelID: Agent.ID?
    let secret = Secret(.apiKey)
    private let id = APIKey.ID.make()

    init(label: String, limits: KeyLimits, channelID: Agent.ID?) {
        self.label = label
        self.limits = limits
        self.channelID = channelID
    }

    /// Stores the key. Of its secret, only the SHA-256.
    func insert(_ tx: Transaction, for userID: User.ID) throws -> APIKey {
        let key = APIKey(
            id: id,
            userID: userID,
            defaultChannelID: channelID,
            label: label,
            keyPrefix: secret.shownPrefix,
            scope: limits.scope,
            expiresAt: limits.lifetime.map { tx.now + $0 },
            createdAt: tx.now
        )
        try tx.insert(key, hash: secret.hash)
        return key
    }
}

extension APIError {
    fileprivate static let keyNotFound = APIError(.notFound, "API key not found")
}
