import API
import Crypto
import FoundationEssentials
import HTTP
import HTTPTypes
import Index

/// Checks passwords, and slows down guessing: one at a time is hashed, and everybody has few ``Tries``. They are counted
/// in memory, which keeps a flood away from the index, and then there, together with those on other nodes.
struct PasswordCheck: Sendable {
    private let tries = Tries()
    private let index: StoreIndex
    private let hashing: HashingQueue
    private let audit: AuditQueue

    /// - Parameter audit: gets an entry for a wrong password of somebody's.
    init(index: StoreIndex, hashing: HashingQueue, audit: AuditQueue) {
        (self.index, self.hashing, self.audit) = (index, hashing, audit)
    }

    /// The user with this email, if the password is right.
    ///
    /// - Parameters:
    ///   - headers: of the request; they may show that the device is known.
    ///   - origin: who tries, for the audit log.
    /// - Throws: ``APIError`` 401, the same and after the same time for an unknown user as for a wrong password; 429
    ///   after too many tries, or while too many passwords wait to be hashed.
    func user(
        _ given: Credentials,
        from client: Client,
        with headers: HTTPFields,
        by origin: Origin
    ) async throws -> User {
        let user = try await index.read { try $0.user(email: given.email) }
        let guesser: Tries.Guesser =
            if let user, let device = KnownDevice(in: headers, of: user.passwordHash) {
                .device(device.id)
            } else {
                .stranger(email: User.folded(given.email), address: client.addressGroup)
            }
        try await check(given.password, user, by: guesser, origin)
        guard let user else { throw APIError.invalidCredentials }
        return user
    }

    /// Lets the user of a session do something for which the password is asked again.
    ///
    /// - Throws: ``APIError`` 401 when it is wrong, 429 as above.
    func confirm(_ password: String, of user: User, in session: Session.ID, by origin: Origin) async throws {
        try await check(password, user, by: .session(session), origin)
    }

    /// - Parameter user: nil when there is none: then no password is right, and what was tried is not noted.
    private func check(_ password: String, _ user: User?, by guesser: Tries.Guesser, _ origin: Origin) async throws {
        let hash = user?.passwordHash ?? PasswordHash.nobody
        // Counted before it is judged, so that many at once are not let through together.
        try tries.take(guesser)
        let isRight: Bool
        do {
            isRight = try await hashing.run(
                forStranger: guesser.isStranger,
                admitted: { try await index.write(for: .upkeep) { try $0.takeTry(guesser.limits) } },
                { PasswordHash.matches(password, hash) }
            )
        } catch let refusal as TryRefusal {
            tries.giveBack(guesser)
            throw APIError.tooManyRequests(refusal.wait)
        } catch {
            tries.giveBack(guesser)
            throw error
        }
        guard isRight else {
            if let user { audit.add(AuditEntry(.passwordRefused, user.id.rawValue, by: origin, at: .now())) }
            throw APIError.invalidCredentials
        }
        tries.forget(guesser)
        try await index.write(for: .upkeep) { tx in
            try tx.forgetTries(guesser.limits[0])
            for limit in guesser.limits.dropFirst() { try tx.giveBackTry(limit) }
        }
    }
}

/// How often somebody may guess, whether or not there is such a user (docs/decisions/0022-tries-and-known-devices.md).
/// Each guesser has five tries, then one every ten seconds; an address has twenty for strangers, then one a second. So
/// whoever guesses from the address of others takes nothing from those who are known.
struct Tries: Sendable {
    /// Whose tries are counted together.
    enum Guesser: Hashable, Sendable {
        /// Somebody who signs in on a device that is not known.
        case stranger(email: String, address: String)
        /// A device where the user signed in before.
        case device(String)
        /// A session whose user is asked for the password again.
        case session(Session.ID)

        var isStranger: Bool { if case .stranger = self { true } else { false } }
    }

    fileprivate static let own = (interval: Duration.seconds(10), burst: 5)
    fileprivate static let ofAddress = (interval: Duration.seconds(1), burst: 20)

    private let own = RateLimiter<Guesser>(interval: Self.own.interval, burst: Self.own.burst)
    private let ofAddresses = RateLimiter<String>(interval: Self.ofAddress.interval, burst: Self.ofAddress.burst)

    /// Takes a try of the guesser's and one of the address's, or none.
    ///
    /// - Throws: ``APIError`` 429.
    func take(_ guesser: Guesser, now: ContinuousClock.Instant = .now) throws(APIError) {
        if let wait = own.take(guesser, now: now) { throw .tooManyRequests(wait) }
        guard case .stranger(_, let address) = guesser, let wait = ofAddresses.take(address, now: now) else { return }
        own.giveBack(guesser)
        throw .tooManyRequests(wait)
    }

    /// Takes back a try that was not judged.
    func giveBack(_ guesser: Guesser) {
        own.giveBack(guesser)
        if case .stranger(_, let address) = guesser { ofAddresses.giveBack(address) }
    }

    /// The guesser was right: nothing counts of what was before, and for the address not this try.
    func forget(_ guesser: Guesser) {
        own.forget(guesser)
        if case .stranger(_, let address) = guesser { ofAddresses.giveBack(address) }
    }
}

extension Tries.Guesser {
    /// The same limits for the index, the guesser's own first.
    var limits: [TryLimit] {
        func limit(_ rate: (interval: Duration, burst: Int), _ names: String...) -> TryLimit {
            // No name has a NUL, so no two lists are one text.
            let hash = SHA256.hash(data: Data(names.joined(separator: "\0").utf8))
            return TryLimit(ofGuesser: Array(hash), interval: rate.interval, burst: rate.burst)
        }
        return switch self {
        case .stranger(let email, let address):
            [limit(Tries.own, "stranger", email, address), limit(Tries.ofAddress, "address", address)]
        case .device(let id): [limit(Tries.own, "device", id)]
        case .session(let id): [limit(Tries.own, "session", id.rawValue)]
        }
    }
}
