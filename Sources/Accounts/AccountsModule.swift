import API
import HTTP
import Hummingbird
import Index

/// Users, their sessions, and the API keys of their agents: for users themselves, for owners who administer, and for
/// the operator by the command line (`placet users`, `placet keys`, `placet import`).
///
/// The hard parts: a revoked key or an ended session must be dead at once, although every request asks for one
/// (``KeyAuthenticator``, ``SessionAuthenticator``), and although a request may be under way; and guessing passwords must
/// be slow without slowing down others (``PasswordCheck``, ``HashingQueue``). Handlers named `…Locally` are the command
/// line's: no user is signed in there, so they act for every user.
package struct AccountsModule: RouteModule {
    let index: StoreIndex
    let authenticator: KeyAuthenticator
    let hashing = HashingQueue()
    let passwords: PasswordCheck

    /// - Parameter audit: gets an entry for a password that is wrong.
    package init(index: StoreIndex, authenticator: KeyAuthenticator, audit: AuditQueue) {
        self.index = index
        self.authenticator = authenticator
        passwords = PasswordCheck(index: index, hashing: hashing, audit: audit)
    }

    package func addRoutes(to mounts: Mounts) {
        mounts.visitor
            .post("auth/login", use: login)
            .post("auth/logout", use: logout)
        mounts.session
            .get("auth/me", use: me)
            .post("auth/refresh", use: refresh)
            .post("auth/change-password", use: changePassword)
        mounts.user
            .post("auth/confirm", use: confirm)
            .get("auth/sessions", use: inTurn(listSessions))
            .delete("auth/sessions/:id", use: endSession)
            .get("api-keys", use: inTurn(listKeys))
            .post("api-keys", use: createKey)
            .post("api-keys/:id/rotate", use: rotateKey)
            .patch("api-keys/:id", use: changeKey)
            .delete("api-keys/:id", use: revokeKey)
            .get("preferences", use: preferences)
            .patch("preferences", use: changePreferences)
        mounts.owner
            .get("users", use: inTurn(listUsers))
            .post("users", use: createUser)
            .patch("users/:id", use: updateUser)
            .delete("users/:id", use: deleteUser)
        mounts.local
            .get("keys", use: listKeysLocally)
            .post("keys", use: createKeyLocally)
            .delete("keys/:id", use: revokeKeyLocally)
            .get("users", use: listUsersLocally)
            .post("users", use: createUserLocally)
            .post("users/password", use: resetPassword)
            .post("users/quota", use: setQuotaLocally)
            .post("import", use: importLines)
    }

    package var backgroundWork: [BackgroundWork] { [BackgroundWork(endedSessions), BackgroundWork(deletedUsers)] }

    /// Removes the rows of ended sessions, which open nothing any more.
    private var endedSessions: Sweep {
        Sweep("ended sessions", in: index) {
            try $0.removeEndedSessions(limit: $1)
        } next: {
            try $0.nextSessionEnd()
        }
    }

    /// Removes the rows of deleted users, once those of their agents are gone.
    private var deletedUsers: Sweep {
        Sweep("deleted users", in: index) {
            try $0.removeDeletedUsers(limit: $1)
        } next: {
            try $0.nextUserRemoval()
        }
    }
}
