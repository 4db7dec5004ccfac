import API
import FoundationEssentials
import HTTP
import Index
import JSON
import NIOCore
import NIOHTTP1

/// One request to a webhook, or for the page of a plugin, ready to be sent.
struct WebhookRequest: Sendable {
    let target: WebhookTarget
    let method: HTTPMethod
    let headers: HTTPHeaders
    let body: ByteBuffer

    /// A request that reports nothing.
    init(target: WebhookTarget, method: HTTPMethod, headers: HTTPHeaders, body: ByteBuffer) {
        self.target = target
        self.method = method
        self.headers = headers
        self.body = body
    }

    /// The request that reports `message`.
    ///
    /// The URL is the message's, else the channel's, else that of the review's callback. What the channel has set
    /// (headers, credentials, signature) goes to the channel's own origin alone, and what a callback has set to the
    /// callback's URL alone (docs/api.md, "Webhooks").
    ///
    /// - Parameters:
    ///   - id: the same for every attempt of an event, sent as `webhook-id`.
    ///   - now: the time of the attempt, sent as `webhook-timestamp`.
    /// - Throws: a final ``AttemptFailure`` when there is no URL, or something in it cannot be used.
    init(
        id: Delivery.ID,
        of message: MessageWithParts,
        channel: Webhook?,
        body: ByteBuffer,
        now: Timestamp
    ) throws {
        let isCallback = message.message.webhookURL == nil && channel == nil
        let callback = isCallback ? try message.review?.callbackJSON.map { try Callback($0) } : nil
        guard let url = message.message.webhookURL ?? channel?.url ?? callback?.url else {
            throw AttemptFailure("There is no webhook URL any more; set one and retry", isFinal: true)
        }
        try self.init(id: id, to: url, callback: callback, channel: channel, body: body, now: now)
    }

    /// The request to a channel's own webhook that reports no message.
    ///
    /// - Throws: a final ``AttemptFailure`` when something in it cannot be used.
    init(id: Delivery.ID, to channel: Webhook, body: ByteBuffer, now: Timestamp) throws {
        try self.init(id: id, to: channel.url, callback: nil, channel: channel, body: body, now: now)
    }

    private init(
        id: Delivery.ID,
        to url: String,
        callback: Callback?,
        channel: Webhook?,
        body: ByteBuffer,
        now: Timestamp
    ) throws {
        target = try Self.target(url)
        method = callback?.method ?? .POST
        self.body = body
        let seconds = now.milliseconds / 1_000
        var headers = HTTPHeaders()
        headers.add(given: callback?.headers ?? [:])
        if let channel, let own = try? WebhookTarget(channel.url), own.origin == target.origin {
            headers.add(given: channel.headers ?? [:])
            if let auth = channel.auth { headers.replaceOrAdd(name: "authorization", value: auth.basic) }
            let signatures = try channel.secrets(at: now).map { secret in
                try WebhookSignature(secret: secret)
                    .value(id: id.rawValue, seconds: seconds, body: body.readableBytesView)
            }
            if !signatures.isEmpty {
                headers.replaceOrAdd(name: "webhook-signature", value: signatures.joined(separator: " "))
            }
        }
        // Set last: neither a channel nor a callback can replace these.
        headers.replaceOrAdd(name: "content-type", value: "application/json; charset=utf-8")
        headers.replaceOrAdd(name: "webhook-id", value: id.rawValue)
        headers.replaceOrAdd(name: "webhook-timestamp", value: String(seconds))
        if !headers.contains(name: "user-agent") { headers.add(name: "user-agent", value: "placet") }
        self.headers = headers
    }

    private static func target(_ url: String) throws(AttemptFailure) -> WebhookTarget {
        do {
            return try WebhookTarget(url)
        } catch {
            throw AttemptFailure("The webhook's URL " + error.sentence, isFinal: true)
        }
    }
}

/// `review.callback`. Up to here it is a free map, in which an agent may have written anything.
private struct Callback {
    let url: String
    var method = HTTPMethod.POST
    var headers: [String: String] = [:]

    init(_ json: String) throws {
        guard case .object(let members) = try JSONValue(text: json), case .string(let url)? = members["url"] else {
            throw AttemptFailure("The review's callback has no url", isFinal: true)
        }
        self.url = url
        switch members["method"] {
        case nil, .null: break
        case .string(let name) where ["POST", "PUT", "PATCH"].contains(name.uppercased()):
            method = HTTPMethod(rawValue: name.uppercased())
        default: throw AttemptFailure("The method of the review's callback must be POST, PUT or PATCH", isFinal: true)
        }
        guard case .object(let given)? = members["headers"] else { return }
        for case (let name, .string(let value)) in given { headers[name] = value }
    }
}

extension HTTPHeaders {
    /// Headers that frame the request, or belong to the connection, are ours. Given ones are left out.
    private static let reserved: Set = [
        "connection", "content-length", "expect", "host", "keep-alive", "proxy-connection", "te",
        "trailer", "transfer-encoding", "upgrade",
    ]

    mutating func add(given headers: [String: String]) {
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) {
            let folded = name.lowercased()
            if Self.reserved.contains(folded) || folded.hasPrefix("webhook-") { continue }
            replaceOrAdd(name: name, value: value)
        }
    }
}

extension Webhook.Auth {
    /// RFC 7617, in UTF-8.
    fileprivate var basic: String { "Basic " + Data("\(username):\(password)".utf8).base64EncodedString() }
}
