import API
import FoundationEssentials
import HTTP
import HTTPTypes
import Hummingbird
import Index
import JSON

/// The browsers of a user, and a test of any way.
extension NoticesModule {
    /// Tells this user by this browser from now on, and nobody else: a browser has one subscription, whoever is signed in.
    ///
    /// - Throws: ``APIError`` 400 for keys that are none, 409 beyond ``NoticeWay/mostSubscriptions``.
    func subscribe(_ request: Request, _ context: UserContext) async throws -> Response {
        let draft = try await request.read(context) { SubscriptionDraft(&$0) }
        guard (try? PushEncryption(p256dh: draft.keys.p256dh, auth: draft.keys.auth)) != nil else {
            throw APIError.invalid(["keys", "p256dh"], "must be a point of P-256")
        }
        let name = request.headers[.userAgent].map { BrowserName.of($0) }
        let stored = try await index.write(by: context.principal) { tx, user in
            let way = NoticeWay(
                userID: user.id,
                kind: .push,
                url: draft.endpoint,
                keys: draft.keys,
                name: name,
                sessionID: context.principal.sessionID,
                createdAt: tx.now
            )
            return try tx.subscribe(way, of: user)
        }
        guard let (way, isNew) = stored else {
            let most = NoticeWay.mostSubscriptions
            throw APIError(.conflict, "You have \(most) browsers already, the most there may be; remove one first")
        }
        return try .json(SubscriptionJSON(way), status: isNew ? .created : .ok)
    }

    func unsubscribe(_ request: Request, _ context: UserContext) async throws -> Response {
        let id = try context.id(of: NoticeWay.self)
        guard try await index.write(by: context.principal, for: .upkeep, { try $0.unsubscribe(id, of: $1) }) else {
            throw APIError(.notFound, "Subscription not found")
        }
        return Response(status: .noContent)
    }

    /// Tells the user by one way that notices arrive, once and now, and answers how that went.
    ///
    /// - Throws: ``APIError`` 404 when there is no such way, 429 while too many tests are under way.
    func test(_ request: Request, _ context: UserContext) async throws -> Response {
        let to = try await request.read(context) { $0.string("to", length: Limits.id) }
        let ways = try await index.read(by: context.principal) { try $0.noticeWays(of: $1.id) }
        guard let way = ways.first(where: { $0.kind == .push ? $0.id.rawValue == to : $0.kind.rawValue == to }) else {
            throw APIError(.notFound, "Set this up first: there is no such subscription, topic or mail")
        }
        let place = try tests.place(context.userID, orAfter: Limits.webhookAttempt)
        defer { withExtendedLifetime(place) {} }
        let start = ContinuousClock.now
        var outcome: (status: Int?, error: String?)
        do {
            outcome = (try await teller.tell(.test, by: way), nil)
        } catch let failure as AttemptFailure {
            outcome = (failure.status, failure.reason)
            if failure.isEnd(of: way) {
                outcome.error = "This browser has ended its subscription; subscribe again"
                try await index.write(for: .upkeep) { try $0.removeNoticeWay(way.id) }
            }
        }
        let milliseconds = Int64((ContinuousClock.now - start) / .milliseconds(1))
        return try .json(WebhookTestJSON(status: outcome.status, error: outcome.error, milliseconds: milliseconds))
    }
}

extension APIError {
    static func invalid(_ path: [String], _ problem: String) -> APIError {
        APIError(invalid: [Field(code: "invalid", message: problem, path: path)])
    }
}
