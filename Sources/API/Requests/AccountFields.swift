import HTTP
import Index
import JSON

/// A user to be created.
package struct UserDraft: Sendable {
    package let email: String
    package let displayName: String?
    /// A member, unless the request says owner.
    package let role: User.Role
    /// Nil to let the server make one up.
    package let password: String?

    package init(_ fields: inout JSONFields) {
        fields.allowOnly("email", "displayName", "role", "password")
        email = EmailAddress.trimmed(fields.string("email", length: Limits.email))
        displayName = fields.optionalString("displayName", length: Limits.name)
        let roleName = fields.optionalString("role")
        role = roleName.flatMap(User.Role.init) ?? .member
        password = fields.optionalNewPassword()
        if let problem = EmailAddress.problem(in: email) {
            fields.report("email", code: "invalid_string", problem)
        }
        if let roleName, User.Role(rawValue: roleName) == nil {
            fields.report("role", code: "invalid_enum_value", "must be owner or member")
        }
    }
}

/// Changes to a user. A nil member stays as it is.
package struct UserChange: Sendable {
    package let displayName: String?
    package let role: User.Role?
    package let password: String?
    /// `.some(nil)` for the quota that is configured.
    package let quotaBytes: Int??

    package init(_ fields: inout JSONFields) {
        fields.allowOnly("displayName", "role", "password", "quotaBytes")
        displayName = fields.optionalString("displayName", length: Limits.name)
        role = fields.optionalChoice("role", User.Role.self)
        password = fields.optionalNewPassword()
        quotaBytes = fields.optionalLimit("quotaBytes", in: Limits.quota)
    }
}

/// A user's quota, as the operator sets it.
package struct QuotaSetting: Sendable {
    package let email: String
    /// Nil for what is configured.
    package let bytes: Int?

    package init(_ fields: inout JSONFields) {
        fields.allowOnly("email", "quotaBytes")
        email = EmailAddress.trimmed(fields.string("email"))
        bytes = fields.optionalLimit("quotaBytes", in: Limits.quota) ?? nil
    }
}

/// What a user signs in with.
package struct Credentials: Sendable {
    package let email: String
    package let password: String

    package init(_ fields: inout JSONFields) {
        email = EmailAddress.trimmed(fields.string("email", length: Limits.signInEmail))
        password = fields.string("password", length: Limits.password)
    }
}

/// A new password from a user who knows the old one.
package struct PasswordChange: Sendable {
    package let current: String
    package let new: String

    package init(_ fields: inout JSONFields) {
        current = fields.string("currentPassword", length: Limits.password)
        new = fields.string("newPassword", length: Limits.newPassword)
    }
}

/// A new password from the operator, for a user who is locked out.
package struct PasswordReset: Sendable {
    package let email: String
    /// Nil to let the server make one up.
    package let password: String?

    package init(_ fields: inout JSONFields) {
        email = EmailAddress.trimmed(fields.string("email"))
        password = fields.optionalNewPassword()
    }
}

/// What a new API key is limited to.
package struct KeyLimits: Sendable {
    /// In the form in which it is stored; nil for everything.
    package let scope: String?
    /// Nil for never.
    package let lifetime: Duration?

    package init(_ fields: inout JSONFields) {
        let words = fields.optionalStrings("scope", count: 1...KeyScope.allCases.count)
        let seconds = fields.optionalInteger("expiresInSeconds")
        if let words, !words.allSatisfy({ KeyScope(rawValue: $0) != nil }) {
            let all = KeyScope.allCases.map(\.rawValue).joined(separator: ", ")
            fields.report("scope", code: "invalid_enum_value", "may have \(all)")
        }
        if let seconds, !Limits.keyLifetime.contains(Int(seconds)) {
            let (least, most) = (Limits.keyLifetime.lowerBound, Limits.keyLifetime.upperBound)
            fields.report("expiresInSeconds", code: "invalid", "must lie between \(least) and \(most)")
        }
        // In one order, and without repeats.
        scope = words.map { words in KeyScope.allCases.map(\.rawValue).filter(words.contains).joined(separator: " ") }
        lifetime = seconds.map { .seconds($0) }
    }
}

extension JSONFields {
    /// The name that a user gives an API key.
    package mutating func label() -> String { string("label", length: Limits.keyLabel) }

    /// The channel of a key for what names none; null is the same as leaving it out.
    package mutating func defaultChannelID() -> Agent.ID? {
        optionalString("defaultChannelId", length: Limits.id, nullable: true).map(Agent.ID.init)
    }

    package mutating func optionalLabel() -> String? { optionalString("label", length: Limits.keyLabel) }

    fileprivate mutating func optionalNewPassword() -> String? {
        optionalString("password", length: Limits.newPassword)
    }
}
