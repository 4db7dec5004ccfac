import API
import HTTP
import Hummingbird
import Index
import JSON

/// What a user has chosen for the dashboard, the same on every device.
extension AccountsModule {
    func preferences(_ request: Request, _ context: UserContext) async throws -> Response {
        try shown(try await index.read(by: context.principal) { try $0.theme(userID: $1.id) })
    }

    /// Changes the members that are given.
    func changePreferences(_ request: Request, _ context: UserContext) async throws -> Response {
        let theme: User.Theme? = try await request.read(context) { $0.optionalChoice("theme") }
        let stored = try await index.write(by: context.principal) { tx, user in
            if let theme { try tx.setTheme(theme, of: user) }
            return try tx.theme(userID: user.id)
        }
        return try shown(stored)
    }

    /// - Throws: ``IndexError/notSignedIn`` without a theme, because the user is deleted.
    private func shown(_ theme: User.Theme?) throws -> Response {
        guard let theme else { throw IndexError.notSignedIn }
        return try .json(PreferencesJSON(theme: theme))
    }
}
