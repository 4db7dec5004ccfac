import FoundationEssentials
import HTTP
import Index
import JSON

/// What a user wants to hear of. It replaces all that was set before.
package struct NotificationSettingsDraft: Sendable {
    package struct Ntfy: Sendable {
        package let url: String
        package let token: String?
        /// Whether the stored token stays, because none was given.
        package let keepsToken: Bool
    }

    package let kinds: [NoticeSettings.Kind]
    package let mutedChannels: [Agent.ID]
    package let quietHours: NoticeSettings.QuietHours?
    package let hidesText: Bool
    package let ntfy: Ntfy?
    package let email: Bool

    package init(_ fields: inout JSONFields) {
        let names = fields.strings("kinds", count: 0...NoticeSettings.Kind.allCases.count)
        let given = names.compactMap(NoticeSettings.Kind.init)
        if given.count != names.count {
            let known = NoticeSettings.Kind.allCases.map(\.rawValue).joined(separator: ", ")
            fields.report("kinds", code: "invalid_enum_value", "must be of \(known)")
        }
        kinds = NoticeSettings.Kind.allCases.filter(given.contains)
        mutedChannels = fields.optionalIDs("mutedChannels", count: Limits.mutedChannels) ?? []
        if !mutedChannels.allSatisfy({ Limits.id.contains($0.rawValue.unicodeScalars.count) }) {
            fields.report("mutedChannels", code: "invalid_string", "must be ids of channels")
        }
        quietHours = fields.optionalFields("quietHours", nullable: true) { $0.quietHours() }
        hidesText = fields.optionalBool("hideText") ?? false
        ntfy = fields.optionalFields("ntfy", nullable: true) { $0.ntfy() }
        email = fields.optionalBool("email") ?? false
    }
}

extension JSONFields {
    fileprivate mutating func quietHours() -> NoticeSettings.QuietHours {
        let (from, to) = (timeOfDay("from"), timeOfDay("to"))
        if from == to { report("to", code: "invalid", "must differ from the beginning; null means no quiet hours") }
        return NoticeSettings.QuietHours(from: from, to: to, timeZone: string("timeZone", length: Limits.timeZone))
    }

    private mutating func timeOfDay(_ name: String) -> Int {
        let minutes = TimeOfDay.minutes(string(name))
        if minutes == nil, has(name) { report(name, code: "invalid_string", "must be a time of the day such as 22:00") }
        return minutes ?? 0
    }

    fileprivate mutating func ntfy() -> NotificationSettingsDraft.Ntfy {
        let url = webhookURL("url")
        if url.wholeMatch(of: /[^?#]*\/[-_A-Za-z0-9]{1,64}/) == nil {
            report("url", code: "invalid_string", "must end with the name of a topic, such as https://ntfy.sh/my-topic")
        }
        let token = optionalString("token", length: Limits.ntfyToken, nullable: true)
        if let token, !token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) {
            report("token", code: "invalid_string", "must have visible ASCII characters only")
        }
        return NotificationSettingsDraft.Ntfy(url: url, token: token, keepsToken: !has("token"))
    }
}

/// A browser's subscription, as `PushSubscription.toJSON()` writes it.
package struct SubscriptionDraft: Sendable {
    package let endpoint: String
    package let keys: NoticeWay.Keys

    package init(_ fields: inout JSONFields) {
        endpoint = fields.webhookURL("endpoint")
        if !fields.has("keys") { fields.report("keys", code: "required", "is required") }
        let keys = fields.optionalFields("keys") {
            NoticeWay.Keys(p256dh: $0.bytes("p256dh", count: 65), auth: $0.bytes("auth", count: 16))
        }
        self.keys = keys ?? NoticeWay.Keys(p256dh: Data(), auth: Data())
    }
}

extension JSONFields {
    fileprivate mutating func bytes(_ name: String, count: Int) -> Data {
        let bytes = Data(base64URL: string(name, length: 1...200))
        if bytes?.count != count, has(name) {
            report(name, code: "invalid_string", "must be \(count) bytes in base64url")
        }
        return bytes ?? Data()
    }
}
