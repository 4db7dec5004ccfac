import Index

/// A user (`User` in docs/api.md). The hash of the password is never shown.
package struct UserJSON: Encodable, Sendable {
    let id: User.ID
    let email: String
    let displayName: String
    let role: User.Role
    let mustChangePassword: Bool
    @OrNull var quotaBytes: Int?
    let createdAt: Timestamp

    package init(_ user: User) {
        id = user.id
        email = user.email
        displayName = user.displayName
        role = user.role
        mustChangePassword = user.mustChangePassword
        quotaBytes = user.quotaBytes
        createdAt = user.createdAt
    }
}

/// The user who is signed in, or whose password was just set.
package struct AccountJSON: Encodable, Sendable {
    let user: UserJSON
    /// Only when the server made it up; it is shown this once.
    let password: String?

    package init(_ user: User, password: String? = nil) {
        self.user = UserJSON(user)
        self.password = password
    }
}

/// A user's choices, which hold on every device.
package struct PreferencesJSON: Encodable, Sendable {
    let theme: User.Theme

    package init(theme: User.Theme) {
        self.theme = theme
    }
}
