import API
import HTTP
import HTTPTypes
import Hummingbird
import Index

/// Users, as owners and the operator administer them.
extension AccountsModule {
    func listUsers(_ request: Request, _ context: OwnerContext) async throws -> Response {
        let page = try PageRequest(request, defaultLimit: PageRequest.usualArray)
        let users = try await index.read(by: context.principal) { reader, _ in
            try reader.users(after: page.cursor(), limit: page.limit + 1)
        }
        return try answer(users, page, request)
    }

    /// The operator's twin: no user is signed in.
    func listUsersLocally(_ request: Request, _ context: RootContext) async throws -> Response {
        let page = try PageRequest(request, defaultLimit: PageRequest.usualArray)
        let users = try await index.read { try $0.users(after: page.cursor(), limit: page.limit + 1) }
        return try answer(users, page, request)
    }

    private func answer(_ users: [User], _ page: PageRequest, _ request: Request) throws -> Response {
        try .array(PageJSON(users, limit: page.limit, id: \.id) { UserJSON($0) }, of: request)
    }

    /// Makes a user. A password that is not given is made up, shown in this answer alone, and must be changed.
    ///
    /// - Throws: ``APIError`` 409 when the email is taken, 429 when too many passwords wait to be hashed.
    func createUser(_ request: Request, _ context: OwnerContext) async throws -> Response {
        try await createUser(request, context) { new in
            try await index.write(by: context.principal.confirmed) { tx, _ in try new.insert(tx) }
        }
    }

    /// The operator's twin: no user is signed in.
    func createUserLocally(_ request: Request, _ context: RootContext) async throws -> Response {
        try await createUser(request, context) { try await index.write(as: context.origin(.commandLine), $0.insert) }
    }

    private func createUser(
        _ request: Request,
        _ context: some RequestContext & Connected,
        store: (NewUser) async throws -> User
    ) async throws -> Response {
        let draft = try await request.read(context) { UserDraft(&$0) }
        let new = try await hashing.run { try NewUser(draft) }
        do {
            let user = try await store(new)
            return try .json(AccountJSON(user, password: new.password.generated), status: .created)
        } catch IndexError.duplicate {
            throw APIError(.conflict, "A user with this email exists already")
        }
    }

    /// Changes the members that are given. A new password ends all sessions of the user, who must change it.
    ///
    /// - Throws: ``APIError`` 404; 409 when the last owner would become a member; 429 as above.
    func updateUser(_ request: Request, _ context: OwnerContext) async throws -> Response {
        let id = try context.id(of: User.self)
        let change = try await request.read(context) { UserChange(&$0) }
        let hash: String? =
            if let password = change.password { try await hashing.run { try NewPassword(password).hash } } else { nil }
        let user = try await index.write(by: context.principal.confirmed, for: .upkeep) { tx, _ in
            guard var user = try tx.user(id: id) else { throw APIError.userNotFound }
            // Counted in the transaction: two owners cannot demote each other at the same time.
            if user.role == .owner, change.role == .member, try tx.ownerCount() == 1 { throw APIError.lastOwner }
            user.displayName = change.displayName ?? user.displayName
            user.role = change.role ?? user.role
            user.quotaBytes = change.quotaBytes ?? user.quotaBytes
            if let hash {
                try tx.setPassword(hash, of: &user, mustChange: true)
            } else {
                try tx.update(user)
            }
            return user
        }
        return try .json(UserJSON(user))
    }

    /// Gives the user with this `email` the `password`, or one that is made up. For an operator who is locked out.
    ///
    /// - Throws: ``APIError`` 404, 429.
    func resetPassword(_ request: Request, _ context: RootContext) async throws -> Response {
        let reset = try await request.read(context) { PasswordReset(&$0) }
        let password = try await hashing.run { try NewPassword(reset.password) }
        let user = try await index.write(as: context.origin(.commandLine), for: .upkeep) { tx in
            guard var user = try tx.user(email: reset.email) else { throw APIError.noSuchUser }
            try tx.setPassword(password.hash, of: &user, mustChange: password.generated != nil)
            return user
        }
        return try .json(AccountJSON(user, password: password.generated))
    }

    /// Sets the quota of the user with this `email`.
    ///
    /// - Throws: ``APIError`` 404.
    func setQuotaLocally(_ request: Request, _ context: RootContext) async throws -> Response {
        let setting = try await request.read(context) { QuotaSetting(&$0) }
        let user = try await index.write(as: context.origin(.commandLine), for: .upkeep) { tx in
            guard var user = try tx.user(email: setting.email) else { throw APIError.noSuchUser }
            user.quotaBytes = setting.bytes
            try tx.update(user)
            return user
        }
        return try .json(UserJSON(user))
    }

    /// Takes the user out of sight at once, with sessions, keys and agents. The rows go afterwards.
    ///
    /// - Throws: ``APIError`` 403 for oneself; 404; 409 for the last owner, should two delete each other.
    func deleteUser(_ request: Request, _ context: OwnerContext) async throws -> Response {
        let id = try context.id(of: User.self)
        guard id != context.userID else {
            throw APIError(.forbidden, "You cannot delete yourself; another owner may")
        }
        try await index.write(by: context.principal.confirmed, for: .upkeep) { tx, _ in
            guard let user = try tx.user(id: id) else { throw APIError.userNotFound }
            if user.role == .owner, try tx.ownerCount() == 1 { throw APIError.lastOwner }
            try tx.deleteUser(id: id)
        }
        return try .json(["deleted": true])
    }
}

extension APIError {
    fileprivate static let userNotFound = APIError(.notFound, "User not found")
    /// The operator reads it, so it names the command that helps.
    static let noSuchUser = APIError(.notFound, "No such user; see 'placet users list'")
    fileprivate static let lastOwner = APIError(.conflict, "There must be an owner; make another one first")
}
