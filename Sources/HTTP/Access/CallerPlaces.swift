import HTTPTypes

/// Limits how many requests that stay open a caller may have: with one key or in one session, and a user in all.
package struct CallerPlaces: Sendable {
    /// A refused client comes again after this time.
    private static let pause = Duration.seconds(15)

    private let callers: Places<String>
    private let users: Places<String>
    private let refusal: APIError

    /// - Parameter what: what is limited, for the sentence of a refusal.
    package init(perCaller: Int, perUser: Int, of what: String) {
        callers = Places(perKey: perCaller)
        users = Places(perKey: perUser)
        refusal = APIError(
            .tooManyRequests,
            "Too many \(what) are open: \(perCaller) for a key or session, \(perUser) for a user; close some first",
            headers: [.retryAfter: "\(Self.pause.components.seconds)"]
        )
    }

    /// Takes a place for as long as somebody holds the value.
    ///
    /// - Parameters:
    ///   - credential: the id of the key or the session.
    ///   - user: the id of its user.
    /// - Throws: ``APIError`` 429.
    package func place(_ credential: String, of user: String) throws(APIError) -> [Place] {
        do {
            return [
                try callers.place(credential, orAfter: Self.pause), try users.place(user, orAfter: Self.pause),
            ]
        } catch {
            throw refusal
        }
    }
}
