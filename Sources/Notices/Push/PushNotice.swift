import API
import Crypto
import FoundationEssentials
import HTTP
import Index
import JSON

/// A notice on its way to a browser.
struct PushNotice {
    /// A push service keeps nothing longer.
    private static let longest: Int64 = 28 * 24 * 60 * 60
    /// How long it keeps what does not expire.
    private static let usual: Int64 = 24 * 60 * 60

    let text: NoticeText
    let key: ServerKey
    /// See ``ServerKey/authorization(for:subject:now:)``.
    let subject: String

    /// - Throws: a final ``AttemptFailure`` when the subscription cannot be used.
    func request(to way: NoticeWay, now: Timestamp) throws -> NoticeRequest {
        guard let url = way.url, let keys = way.keys, let target = try? WebhookTarget(url),
            let encryption = try? PushEncryption(p256dh: keys.p256dh, auth: keys.auth)
        else { throw AttemptFailure("The subscription cannot be used; subscribe again", isFinal: true) }
        let topic = Data(SHA256.hash(data: Data(text.tag.utf8)).prefix(24)).base64URLEncodedString()
        return NoticeRequest(
            target: target,
            headers: [
                "authorization": try key.authorization(for: target.origin, subject: subject, now: now),
                "content-encoding": "aes128gcm",
                "content-type": "application/octet-stream",
                "ttl": "\(lifetime(now))",
                // What is still on its way about the same message is replaced.
                "topic": topic,
                "urgency": text.isUrgent ? "high" : "normal",
            ],
            body: try encryption.body(try JSONText.bytes(of: Payload(text)))
        )
    }

    private func lifetime(_ now: Timestamp) -> Int64 {
        guard let end = text.expiresAt, !text.isSettled else { return Self.usual }
        return min(max((end.milliseconds - now.milliseconds) / 1000, 0), Self.longest)
    }

    /// What the service worker of the dashboard reads.
    private struct Payload: Encodable {
        let tag: String
        let title: String
        let body: String
        let path: String
        @OrNull var message: Message.ID?
        @OrNull var digest: String?
        let actions: [NoticeText.Action]
        let danger: Bool
        let settled: Bool

        init(_ text: NoticeText) {
            (tag, title, body, path) = (text.tag, text.title, text.body, text.path)
            (message, digest) = (text.messageID, text.digest)
            (actions, danger, settled) = (text.actions, text.isDanger, text.isSettled)
        }
    }
}
