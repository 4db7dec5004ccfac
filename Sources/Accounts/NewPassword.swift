import Crypto
import FoundationEssentials
import HTTP
import Index

/// A password that was chosen, or that is made up here.
struct NewPassword: Sendable {
    let hash: String
    /// Set when it was made up: show it once. The user must change it.
    let generated: String?

    /// Hashes the password, which blocks for about 0.2 s: call it by ``HashingQueue``, outside of transactions.
    ///
    /// - Parameter chosen: nil to have one made up.
    init(_ chosen: String?) throws {
        let password = chosen ?? Self.random()
        generated = chosen == nil ? password : nil
        hash = try PasswordHash(hashing: password).encoded
    }

    /// 96 random bits in 16 characters.
    private static func random() -> String {
        SymmetricKey(size: .init(bitCount: 96)).withUnsafeBytes { Data($0) }.base64URLEncodedString()
    }
}

extension Transaction {
    /// Stores the user with a new password, and ends the user's sessions but for one.
    ///
    /// - Parameters:
    ///   - mustChange: whether the user has not chosen it.
    ///   - sessionID: the session that stays; nil ends all.
    func setPassword(
        _ hash: String,
        of user: inout User,
        mustChange: Bool,
        keeping sessionID: Session.ID? = nil
    ) throws {
        user.passwordHash = hash
        user.mustChangePassword = mustChange
        try update(user, as: .passwordChanged)
        try endSessions(userID: user.id, butNot: sessionID)
    }
}
