/// Who a caller has proved to be, and what the act asks for. It is only a claim: a key may be revoked and a session
/// ended while a request is on its way, so the index judges it again where it acts (``ActingUser``).
package struct Principal: Sendable, Equatable {
    enum Proof: Equatable {
        case key(hash: [UInt8])
        /// The first demand that is not met is told.
        case session(Session.ID, [Demand])
    }

    let proof: Proof
    /// The user as the head of the request told: in whose line the units wait for the writer.
    package let userID: User.ID
    /// What the audit log says of whoever acts.
    let origin: Origin

    /// An API key, by the SHA-256 of its secret. A rotated key is another one. What a key opens never changes, so that is
    /// judged where its request arrives.
    package static func key(hash: [UInt8], of userID: User.ID, as origin: Origin? = nil) -> Principal {
        Principal(proof: .key(hash: hash), userID: userID, origin: origin ?? Origin(.key, userID: userID))
    }

    /// A session, by its id: it stays the same when its token is refreshed.
    package static func session(
        _ id: Session.ID,
        of userID: User.ID,
        _ demands: [Demand],
        as origin: Origin? = nil
    ) -> Principal {
        let origin = origin ?? Origin(.session, userID: userID, credential: id.rawValue)
        return Principal(proof: .session(id, demands), userID: userID, origin: origin)
    }

    /// The session of a user who is signed in.
    package var sessionID: Session.ID? {
        if case .session(let id, _) = proof { id } else { nil }
    }

    /// The same with a demand more. Keys have none, and pass.
    package func demanding(_ demand: Demand) -> Principal {
        guard case .session(let id, let demands) = proof else { return self }
        return Principal(proof: .session(id, demands + [demand]), userID: userID, origin: origin)
    }

    /// What an act asks of a signed-in user beyond the session.
    package enum Demand: Sendable, Equatable {
        /// The password is not one that must be changed first.
        case chosenPassword
        /// The user is an owner, who may administer.
        case ownerRole
        /// The password was given in the session not longer ago than this.
        case passwordGiven(within: Duration)
    }
}

/// The user for whom a read or a unit acts, with the proof that the principal is good in that very snapshot or
/// transaction. Whatever acts for a user takes one, so no handler can forget to ask.
///
/// Only the index makes one, inside the closures of ``StoreIndex/read(by:_:)`` and ``StoreIndex/write(by:for:_:)``.
/// Because it is not Sendable, it cannot leave them.
package struct ActingUser {
    package let id: User.ID
}

@available(*, unavailable)
extension ActingUser: Sendable {}

extension StoreIndex {
    /// Like ``read(_:)``, for a caller: judges the principal first, in the same snapshot.
    ///
    /// - Throws: ``IndexError/invalidKey``, ``IndexError/notSignedIn`` or a refusal of what the principal demands; and
    ///   as ``read(_:)``.
    nonisolated(nonsending) package func read<T: Sendable>(
        by principal: Principal,
        _ body: @escaping @Sendable (Reader, ActingUser) throws -> T
    ) async throws -> T {
        try await read { reader in try body(reader, reader.actingUser(principal, now: .now())) }
    }

    /// The same without a task, on the calling thread; nil with PostgreSQL, whose reads leave it.
    package func readNow<T>(by principal: Principal, _ body: (Reader, ActingUser) throws -> T) throws -> T? {
        try readNow { reader in try body(reader, reader.actingUser(principal, now: .now())) }
    }

    /// Like ``write(for:_:)``, for a caller: judges the principal first, in the same transaction. So nobody acts whose key
    /// was revoked, session ended, role taken or account deleted before the commit, whenever the request began.
    ///
    /// - Throws: as ``read(by:_:)`` for the principal, and then nothing is stored; and as ``write(for:_:)``.
    package func write<T: Sendable>(
        by principal: Principal,
        for purpose: Purpose = .content,
        _ body: @escaping @Sendable (Transaction, ActingUser) throws -> T
    ) async throws -> T {
        try await write(for: purpose, of: principal.userID) { tx in
            try body(tx.acting(as: principal.origin), tx.actingUser(principal, now: tx.now))
        }
    }
}

extension Querying {
    /// Judges a principal.
    ///
    /// - Throws: ``IndexError/invalidKey``; ``IndexError/notSignedIn``, ``IndexError/passwordMustChange``,
    ///   ``IndexError/ownersOnly`` and ``IndexError/passwordNeeded``.
    fileprivate func actingUser(_ principal: Principal, now: Timestamp) throws -> ActingUser {
        switch principal.proof {
        case .key(let hash):
            guard let userID = try userID(ofKey: hash, now: now) else { throw IndexError.invalidKey }
            return ActingUser(id: userID)
        case .session(let id, let demands):
            guard let (session, user) = try session(id: id, now: now) else { throw IndexError.notSignedIn }
            for demand in demands { try demand.check(session, user, now) }
            return ActingUser(id: user.id)
        }
    }
}

extension Principal.Demand {
    fileprivate func check(_ session: Session, _ user: User, _ now: Timestamp) throws(IndexError) {
        switch self {
        case .chosenPassword:
            if user.mustChangePassword { throw .passwordMustChange }
        case .ownerRole:
            if user.role != .owner { throw .ownersOnly }
        case .passwordGiven(let limit):
            if session.passwordGivenAt + limit < now { throw .passwordNeeded }
        }
    }
}
