import API
import HTTP
import HTTPTypes
import Hummingbird
import Index
import JSON

extension AccountsModule {
    @Sendable
    func listUsers(_ request: Request, _ context: some RequestContext & Connected) async throws -> Response {
        try .json(try await index.read { try $0.users() })
    }

    @Sendable
    func createUser(_ request: Request, _ context: some RequestContext & Connected) async throws -> Response {
        let (email, name, role, password) = try await request.read(context) { fields in
            let email = fields.string("email", length: Limits.email)
            let name = fields.optionalString("displayName", length: Limits.name)
            let role = fields.optionalString("role")
            let password = fields.optionalString("password", length: Limits.newPassword)
            if !email.contains("@") { fields.report("email", code: "invalid_string", "must be an email address") }
            if let role, User.Role(rawValue: role) == nil {
                fields.report("role", code: "invalid_enum_value", "must be owner or member")
            }
            return (email, name, role, password)
        }

        let new = try await hashing.run {
            try NewUser(
                email: email,
                displayName: name,
                role: role.flatMap(User.Role.init) ?? .member,
                password: password
            )
        }
        do {
            let user = try await index.write(new.insert)
            return try .json(UserWithPassword(user: user, password: new.password.generated), status: .created)
        } catch IndexError.duplicate {
            throw APIError(.conflict, "A user with this email exists already")
        }
    }

    /// Changes the members that are given. A new password ends all sessions of the user, who must
    /// change it.
    @Sendable
    func updateUser(_ request: Request, _ context: OwnerContext) async throws -> Response {
        let id = try context.parameters.require("id")
        let (name, role, password) = try await request.read(context) { fields in
            (
                fields.optionalString("displayName", length: Limits.name),
                fields.optionalChoice("role", User.Role.self),
                fields.optionalString("password", length: Limits.newPassword)
            )
        }
        let hash: String? =
            if let password { try await hashing.run { try NewPassword(password).hash } } else { nil }
        let user = try await index.write { tx in
            guard var user = try tx.user(id: id) else { throw APIError.userNotFound }
            if user.role == .owner, role == .member, try tx.ownerCount() == 1 { throw APIError.lastOwner }
            user.displayName = name ?? user.displayName
            user.role = role ?? user.role
            if let hash {
                try tx.setPassword(hash, of: &user, mustChange: true)
            } else {
                try tx.update(user)
            }
            return user
        }
        return try .json(user)
    }

    /// Gives the user named by `email` the `password`, or one that is made up; for an operator who is locked out.
    @Sendable
    func resetPassword(_ request: Request, _ context: RootContext) async throws -> Response {
        let (email, chosen) = try await request.read(context) { fields in
            (
                fields.string("email"),
                fields.optionalString("password", length: Limits.newPassword)
            )
        }
        let password = try await hashing.run { try NewPassword(chosen) }
        let user = try await index.write { tx in
            guard var user = try tx.user(email: email) else { throw APIError.noSuchUser }
            try tx.setPassword(password.hash, of: &user, mustChange: password.generated != nil)
            return user
        }
        return try .json(UserWithPassword(user: user, password: password.generated))
    }

    /// Takes the user out of sight at once, with sessions, keys and agents; the rows go afterwards.
    @Sendable
    func deleteUser(_ request: Request, _ context: OwnerContext) async throws -> Response {
        let id = try context.parameters.require("id")
        let keys = try await index.write { tx in
            guard let user = try tx.user(id: id) else { throw APIError.userNotFound }
            if user.role == .owner, try tx.ownerCount() == 1 { throw APIError.lastOwner }
            let keys = try tx.apiKeys(userID: id)
            try tx.deleteUser(id: id)
            return keys
        }
        for key in keys { authenticator.forget(keyID: key.id) }
        return try .json(["deleted": true])
    }
}

extension APIError {
    fileprivate static let userNotFound = APIError(.notFound, "User not found")
    /// Said to the operator.
    static let noSuchUser = APIError(.notFound, "No such user; see 'placet users list'")
    fileprivate static let lastOwner = APIError(.conflict, "There must be an owner; make another one first")
}

/// A user whose password is new.
private struct UserWithPassword: Encodable {
    let user: User
    /// Only when we made it up.
    let password: String?
}
