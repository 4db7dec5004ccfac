import API
import CoreMetrics
import FoundationEssentials
import HTTP
import HTTPTypes
import Hummingbird
import Index
import JSON
import Logging

/// Notices: people hear of a question while the dashboard is closed, by their browser (Web Push), by ntfy or by mail.
///
/// The hard parts: a notice must be neither lost nor late, and cost whoever stores messages nothing (`Index`, the table
/// `notices`); what was told of a question that is settled is taken back; nobody is told more than he wants, or at night
/// (``NoticeWorker``); and nobody on the way can read what a browser is told (``PushEncryption``).
package struct NoticesModule: RouteModule {
    private let index: SQLiteIndex
    private let teller: NoticeTeller
    private let worker: NoticeWorker
    private let zones = Zones()
    /// Tests under way for each user, and all together.
    private let tests = Places<User.ID>(perKey: Limits.webhookTestsPerUser, inAll: Limits.webhookTests)

    /// - Parameters:
    ///   - mailer: nil when the operator has set up no mail.
    ///   - publicURL: under which people reach the dashboard, without a slash at the end.
    package init(
        index: SQLiteIndex,
        sender: any NoticeSending,
        mailer: (any NoticeMailing)?,
        publicURL: String?,
        metrics: any MetricsFactory,
        logger: Logger
    ) {
        self.index = index
        teller = NoticeTeller(index: index, sender: sender, mailer: mailer, publicURL: publicURL)
        worker = NoticeWorker(teller: teller, zones: zones, metrics: metrics, logger: logger)
    }

    package func addRoutes(to mounts: Mounts) {
        mounts.user
            .get("notifications", use: read)
            .put("notifications", use: change)
            .post("notifications/subscriptions", use: subscribe)
            .delete("notifications/subscriptions/:id", use: unsubscribe)
            .post("notifications/test", use: test)
    }

    package var backgroundWork: [BackgroundWork] { [BackgroundWork("notices", run: worker.run)] }

    func read(_ request: Request, _ context: UserContext) async throws -> Response {
        let key = try await ServerKey(of: index).publicKey
        let (settings, ways) = try await index.read(by: context.principal) { reader, user in
            (try reader.noticeSettings(of: user.id), try reader.noticeWays(of: user.id))
        }
        return try .json(shown(settings, ways, key))
    }

    /// Replaces all settings. A token that is not given stays, unless the topic is another one.
    ///
    /// - Throws: ``APIError`` 400 for an unknown time zone, and for mail that the operator has not set up.
    func change(_ request: Request, _ context: UserContext) async throws -> Response {
        let draft = try await request.read(context) { NotificationSettingsDraft(&$0) }
        if let zone = draft.quietHours?.timeZone, zones[zone] == nil {
            throw APIError.invalid(["quietHours", "timeZone"], "must be a time zone, such as Europe/Berlin or UTC")
        }
        if draft.email, teller.mailer == nil {
            throw APIError.invalid(["email"], "must be false: the operator has set up no mail")
        }
        let key = try await ServerKey(of: index).publicKey
        let (settings, ways) = try await index.write(by: context.principal) { tx, user in
            let settings = NoticeSettings(
                userID: user.id,
                kinds: draft.kinds,
                mutedChannels: draft.mutedChannels,
                quietHours: draft.quietHours,
                hidesText: draft.hidesText
            )
            let stored = try tx.noticeWays(of: user.id)
            try tx.setNotices(settings, single: draft.single(of: user.id, replacing: stored, at: tx.now), of: user)
            return (settings, try tx.noticeWays(of: user.id))
        }
        return try .json(shown(settings, ways, key))
    }

    private func shown(_ settings: NoticeSettings, _ ways: [NoticeWay], _ key: Data) -> NotificationsJSON {
        NotificationsJSON(
            settings,
            ways,
            pushKey: key,
            emailAvailable: teller.mailer != nil,
            publicURL: teller.publicURL
        )
    }

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
    fileprivate static func invalid(_ path: [String], _ problem: String) -> APIError {
        APIError(invalid: [Field(code: "invalid", message: problem, path: path)])
    }
}

extension NotificationSettingsDraft {
    /// The ways besides browsers that the settings want. What is stored keeps its id, and with it what it has still to
    /// tell.
    fileprivate func single(of userID: User.ID, replacing stored: [NoticeWay], at now: Timestamp) -> [NoticeWay] {
        var ways: [NoticeWay] = []
        if let ntfy {
            let old = stored.first { $0.kind == .ntfy }
            var way = old ?? NoticeWay(userID: userID, kind: .ntfy, createdAt: now)
            // A token is not sent to whoever has another URL.
            way.token = ntfy.keepsToken && old?.url == ntfy.url ? old?.token : ntfy.token
            way.url = ntfy.url
            ways.append(way)
        }
        if email {
            ways.append(stored.first { $0.kind == .email } ?? NoticeWay(userID: userID, kind: .email, createdAt: now))
        }
        return ways.sorted { $0.id < $1.id }
    }
}
