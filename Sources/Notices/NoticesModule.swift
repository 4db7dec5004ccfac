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
    let index: StoreIndex
    let teller: NoticeTeller
    private let worker: NoticeWorker
    private let zones = Zones()
    /// Tests under way for each user, and all together.
    let tests = Places<User.ID>(perKey: Limits.webhookTestsPerUser, inAll: Limits.webhookTests)

    /// - Parameters:
    ///   - mailer: nil when the operator has set up no mail.
    ///   - publicURL: under which people reach the dashboard, without a slash at the end.
    package init(
        index: StoreIndex,
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
