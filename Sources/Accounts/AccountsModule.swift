import HTTP
import Hummingbird
import Index

/// Users, their sessions, and the API keys of their agents; for people by the human API, for the operator by the command
/// line (`placet users`, `placet keys`).
package struct AccountsModule: RouteModule {
    let index: Index
    let authenticator: KeyAuthenticator
    let hashing = HashingQueue()
    let passwords: PasswordCheck

    package init(index: Index, authenticator: KeyAuthenticator) {
        self.index = index
        self.authenticator = authenticator
        passwords = PasswordCheck(index: index, hashing: hashing)
    }

    package func addRoutes(to mounts: Mounts) {
        mounts.visitor.post("auth/login", use: login)
        mounts.human
            .get("auth/me", use: me)
            .post("auth/refresh", use: refresh)
            .post("auth/logout", use: logout)
            .post("auth/change-password", use: changePassword)
            .get("auth/sessions", use: listSessions)
            .delete("auth/sessions/:id", use: endSession)
            .get("api-keys", use: listOwnKeys)
            .post("api-keys", use: createOwnKey)
            .post("api-keys/:id/rotate", use: rotateKey)
            .delete("api-keys/:id", use: revokeOwnKey)
            .get("preferences", use: preferences)
            .patch("preferences", use: changePreferences)
        mounts.owner
            .get("users", use: listUsers)
            .post("users", use: createUser)
            .patch("users/:id", use: updateUser)
            .delete("users/:id", use: deleteUser)
        mounts.local
            .get("keys", use: listKeys)
            .post("keys", use: createKey)
            .delete("keys/:id", use: revokeKey)
            .get("users", use: listUsers)
            .post("users", use: createUser)
            .post("users/password", use: resetPassword)
    }

    /// Removes sessions that have ended and users who have gone, for as long as the server runs.
    package var sweeps: [Sweep] {
        let sessions = Sweep("ended sessions", in: index) {
            try $0.removeEndedSessions(limit: $1)
        } next: {
            try $0.nextSessionEnd()
        }
        let users = Sweep("deleted users", in: index) {
            try $0.removeDeletedUsers(limit: $1)
        } next: {
            try $0.nextUserRemoval()
        }
        return [sessions, users]
    }
}
