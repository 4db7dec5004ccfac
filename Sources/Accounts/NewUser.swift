import API
import FoundationEssentials
import HTTP
import Index

/// A user about to be stored, with a password that was given or is made up.
///
/// Id and hash are made before the transaction, which may run twice and should be short.
struct NewUser: Sendable {
    let email: String
    let displayName: String
    let role: User.Role
    let password: NewPassword
    private let id = User.ID.make()

    /// Blocks for about 0.2 s while it hashes the password.
    init(_ draft: UserDraft) throws {
        try self.init(email: draft.email, displayName: draft.displayName, role: draft.role, password: draft.password)
    }

    /// Blocks for about 0.2 s while it hashes the password.
    ///
    /// - Parameters:
    ///   - displayName: nil takes the email up to the `@`.
    ///   - password: nil to have one made up.
    init(email: String, displayName: String?, role: User.Role, password: String?) throws {
        self.email = email
        self.displayName = displayName ?? String(email.prefix { $0 != "@" })
        self.role = role
        self.password = try NewPassword(password)
    }

    /// - Throws: ``IndexError/duplicate`` when the email is taken.
    func insert(_ tx: Transaction) throws -> User {
        let user = User(
            id: id,
            email: email,
            displayName: displayName,
            role: role,
            passwordHash: password.hash,
            mustChangePassword: password.generated != nil,
            createdAt: tx.now
        )
        try tx.insert(user)
        return user
    }
}

/// The owner that every index has from its first start on.
package struct FirstOwner: Sendable {
    package let email: String
    /// Set when the password was made up. Print it: only its hash is stored.
    package let generatedPassword: String?

    /// Creates the owner in an index without one. Blocks for about 0.2 s, so use it only at the start.
    ///
    /// - Returns: nil when there is one already.
    /// - Throws: what the index throws.
    package static func create(in index: StoreIndex, email: String, password: String?) async throws -> FirstOwner? {
        guard try await index.read({ try $0.firstOwner() }) == nil else { return nil }
        let owner = try NewUser(email: email, displayName: nil, role: .owner, password: password)
        // Again: another node may start at the same time.
        let isFirst = try await index.write(for: .upkeep) { tx in
            guard try tx.firstOwner() == nil else { return false }
            _ = try owner.insert(tx)
            return true
        }
        return isFirst ? FirstOwner(email: email, generatedPassword: owner.password.generated) : nil
    }
}
