import API
import HTTP
import Hummingbird
import Index
import JSON

/// What a user has chosen for the dashboard, the same on every device.
extension AccountsModule {
    func preferences(_ request: Request, _ context: UserContext) async throws -> Response {
        let userID = context.userID
        return try shown(try await index.read { try $0.theme(userID: userID) })
    }

    /// Changes the members that are given.
    func changePreferences(_ request: Request, _ context: UserContext) async throws -> Response {
        let theme: User.Theme? = try await request.read(context) { $0.optionalChoice("theme") }
        let userID = context.userID
        let stored = try await index.write { tx in
            if let theme { try tx.setTheme(theme, userID: userID) }
            return try tx.theme(userID: userID)
        }
        return try shown(stored)
    }

    /// - Throws: ``APIError`` 401 without a theme, because the user was deleted meanwhile.
    private func shown(_ theme: User.Theme?) throws -> Response {
        guard let theme else { throw APIError.notSignedIn }
        return try .json(PreferencesJSON(theme: theme))
    }
}
