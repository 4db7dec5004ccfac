import API
import HTTP
import HTTPTypes
import Index

/// Checks passwords, and slows down guessing (docs/decisions/0022-tries-and-known-devices.md).
///
/// Tries are counted whether or not there is such a user. Each of these has five, then one every ten seconds:
///
/// - strangers, for an email from an address; besides, an address has twenty for any emails, then one a second;
/// - a known device, where somebody signed in as this user before;
/// - a session, for the current password of its user.
///
/// So whoever guesses from the address of others takes nothing from those who are known. The right password clears the
/// tries. What was not judged is not counted (docs/api.md, "Users", Signing in).
struct PasswordCheck: Sendable {
    /// Whose tries are counted together.
    private enum Guesser: Hashable {
        case stranger(email: String, address: String)
        case device(String)
        case session(Session.ID)
    }

    private let tries = RateLimiter<Guesser>(interval: .seconds(10), burst: 5)
    private let triesOfAddresses = RateLimiter<String>(interval: .seconds(1), burst: 20)
    private let index: SQLiteIndex
    private let hashing: HashingQueue

    init(index: SQLiteIndex, hashing: HashingQueue) {
        self.index = index
        self.hashing = hashing
    }

    /// The user with this email, if the password is right.
    ///
    /// - Parameter headers: of the request; they may show that the device is known.
    /// - Throws: ``APIError`` 401, the same and after the same time for an unknown user as for a wrong password; 429
    ///   after too many tries, or while too many passwords wait to be hashed.
    func user(_ given: Credentials, from client: Client, with headers: HTTPFields) async throws -> User {
        let user = try await index.read { try $0.user(email: given.email) }
        let guesser: Guesser =
            if let user, let device = KnownDevice(in: headers, of: user.passwordHash) {
                .device(device.id)
            } else {
                .stranger(email: User.folded(given.email), address: client.addressGroup)
            }
        try await check(given.password, user?.passwordHash ?? PasswordHash.nobody, by: guesser)
        guard let user else { throw APIError.invalidCredentials }
        return user
    }

    /// Lets the user of a session do something for which the password is asked again.
    ///
    /// - Throws: ``APIError`` 401 when it is wrong, 429 as above.
    func confirm(_ password: String, of user: User, in session: Session.ID) async throws {
        try await check(password, user.passwordHash, by: .session(session))
    }

    private func check(_ password: String, _ hash: String, by guesser: Guesser) async throws {
        // Counted before it is judged, so that many at once are not let through together.
        try count(guesser)
        let isStranger = if case .stranger = guesser { true } else { false }
        let isRight: Bool
        do {
            isRight = try await hashing.run(forStranger: isStranger) { PasswordHash.matches(password, hash) }
        } catch {
            tries.giveBack(guesser)
            giveBackAddress(of: guesser)
            throw error
        }
        guard isRight else { throw APIError.invalidCredentials }
        tries.forget(guesser)
        giveBackAddress(of: guesser)
    }

    /// Takes one try of each kind, or none.
    private func count(_ guesser: Guesser) throws(APIError) {
        if let wait = tries.take(guesser) { throw .tooManyRequests(wait) }
        if case .stranger(_, let address) = guesser, let wait = triesOfAddresses.take(address) {
            tries.giveBack(guesser)
            throw .tooManyRequests(wait)
        }
    }

    private func giveBackAddress(of guesser: Guesser) {
        if case .stranger(_, let address) = guesser { triesOfAddresses.giveBack(address) }
    }
}
