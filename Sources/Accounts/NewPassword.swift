import Crypto
import FoundationEssentials
import HTTP
import Index

/// A password that somebody has chosen, or that is made up here.
struct NewPassword: Sendable {
    let hash: String
    /// Set when it was made up: show it once, the user must change it.
    let generated: String?

    /// Blocks for about 0.2 s, for which it is hashed.
    ///
    /// - Parameter chosen: nil to have one made up.
    init(_ chosen: String?) throws {
        let password = chosen ?? Self.random()
        generated = chosen == nil ? password : nil
        hash = try PasswordHash(hashing: password).encoded
    }

    /// 96 random bits, 16 characters.
    private static func random() -> String {
        SymmetricKey(size: .init(bitCount: 96)).withUnsafeBytes { Data($0) }.base64URLEncodedString()
    }
}

extension Transaction {
    /// Stores a user with another password, which ends the sessions there are, but for one.
    ///
    /// - Parameter mustChange: whether somebody else has chosen it.
    func setPassword(
        _ hash: String,
        of user: inout User,
        mustChange: Bool,
        keeping sessionID: Session.ID? = nil
    ) throws {
        user.passwordHash = hash
        user.mustChangePassword = mustChange
        try update(user)
        try endSessions(userID: user.id, butNot: sessionID)
    }
}
