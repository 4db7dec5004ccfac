import FoundationEssentials
import HTTP
import Index

/// What a user hears of while the dashboard is closed, and where (`Notifications` in docs/api.md).
package struct NotificationsJSON: Encodable, Sendable {
    let settings: NotificationSettingsJSON
    /// The public half of the server's key, for `PushManager.subscribe`.
    let pushKey: String
    let emailAvailable: Bool
    @OrNull var publicUrl: String?
    let subscriptions: [SubscriptionJSON]

    package init(
        _ settings: NoticeSettings,
        _ ways: [NoticeWay],
        pushKey: Data,
        emailAvailable: Bool,
        publicURL: String?
    ) {
        self.settings = NotificationSettingsJSON(settings, ways)
        self.pushKey = pushKey.base64URLEncodedString()
        self.emailAvailable = emailAvailable
        publicUrl = publicURL
        subscriptions = ways.filter { $0.kind == .push }.map(SubscriptionJSON.init)
    }
}

struct NotificationSettingsJSON: Encodable, Sendable {
    let kinds: [NoticeSettings.Kind]
    let mutedChannels: [Agent.ID]
    @OrNull var quietHours: QuietHoursJSON?
    let hideText: Bool
    @OrNull var ntfy: NtfyJSON?
    let email: Bool

    init(_ settings: NoticeSettings, _ ways: [NoticeWay]) {
        kinds = settings.kinds
        mutedChannels = settings.mutedChannels
        quietHours = settings.quietHours.map(QuietHoursJSON.init)
        hideText = settings.hidesText
        ntfy = ways.first { $0.kind == .ntfy }.map(NtfyJSON.init)
        email = ways.contains { $0.kind == .email }
    }
}

struct QuietHoursJSON: Encodable, Sendable {
    let from: String
    let to: String
    let timeZone: String

    init(_ hours: NoticeSettings.QuietHours) {
        from = TimeOfDay.text(hours.from)
        to = TimeOfDay.text(hours.to)
        timeZone = hours.timeZone
    }
}

/// A topic of ntfy. Its token is never shown.
struct NtfyJSON: Encodable, Sendable {
    let url: String
    let hasToken: Bool

    init(_ way: NoticeWay) {
        url = way.url ?? ""
        hasToken = way.token != nil
    }
}

/// A browser that is told.
package struct SubscriptionJSON: Encodable, Sendable {
    let id: NoticeWay.ID
    @OrNull var name: String?
    /// The host of the push service. The rest of the endpoint lets others send to it.
    let service: String
    let createdAt: Timestamp
    @OrNull var lastUsedAt: Timestamp?

    package init(_ way: NoticeWay) {
        id = way.id
        name = way.name
        service = way.url.flatMap { try? WebhookTarget($0) }?.host ?? ""
        createdAt = way.createdAt
        lastUsedAt = way.lastUsedAt
    }
}

/// Minutes of the day as `22:00`.
package enum TimeOfDay {
    package static func text(_ minutes: Int) -> String {
        let (hour, minute) = (minutes / 60, minutes % 60)
        return (hour < 10 ? "0" : "") + "\(hour):" + (minute < 10 ? "0" : "") + "\(minute)"
    }

    /// Nil for any other text, `24:00` included.
    static func minutes(_ text: String) -> Int? {
        guard let match = text.wholeMatch(of: /([01][0-9]|2[0-3]):([0-5][0-9])/),
            let hour = Int(match.1), let minute = Int(match.2)
        else { return nil }
        return hour * 60 + minute
    }
}
