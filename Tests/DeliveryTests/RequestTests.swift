import API
import HTTP
import Index
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@testable import Delivery

@Suite("What a webhook is sent")
struct RequestTests {
    private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    private static let now = Timestamp(milliseconds: 1_614_265_330_999)

    /// The message id, time, secret and body of the examples of Standard Webhooks; the value by Python:
    /// `base64.b64encode(hmac.new(base64.b64decode(key), f"{id}.{time}.{body}".encode(), "sha256").digest())`.
    @Test("The signature is that of Standard Webhooks")
    func signature() throws {
        let signature = try WebhookSignature(secret: Self.secret)
        let value = signature.value(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
            seconds: 1_614_265_330,
            body: #"{"test": 2432232314}"#.utf8
        )
        #expect(value == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test("A secret of another form is refused", arguments: ["", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_?"])
    func badSecret(secret: String) {
        #expect(throws: AttemptFailure.self) { try WebhookSignature(secret: secret) }
    }

    @Test("Retries go on for a day, further and further apart, and then no more")
    func schedule() {
        let failure = AttemptFailure("busy")
        let pauses = (1...11).map { RetrySchedule.standard.pause(after: failure, ofAttempt: $0) }
        let hour = Duration.seconds(3600)
        #expect(pauses[..<5] == [.seconds(1), .seconds(5), .seconds(30), .seconds(300), .seconds(1800)])
        #expect(pauses[5...] == [hour * 2, hour * 5, hour * 8, hour * 9, nil, nil])
        #expect(pauses.compactMap(\.self).reduce(.zero, +) > hour * 24)
        #expect(RetrySchedule.standard.pause(after: AttemptFailure("gone", isFinal: true), ofAttempt: 1) == nil)
    }

    @Test("The receiver can ask for a longer pause, up to six hours, but not for a shorter one, nor for more attempts")
    func askedPause() {
        func pause(_ asked: Duration, ofAttempt count: Int) -> Duration? {
            RetrySchedule.standard.pause(after: AttemptFailure("busy", retryAfter: asked), ofAttempt: count)
        }
        #expect(pause(.seconds(120), ofAttempt: 1) == .seconds(120))
        #expect(pause(.seconds(120), ofAttempt: 4) == .seconds(300))
        #expect(pause(.seconds(-5), ofAttempt: 1) == .seconds(1))
        #expect(pause(.seconds(Int64.max), ofAttempt: 1) == .seconds(6 * 3600))
        #expect(pause(.seconds(120), ofAttempt: 10) == nil)
    }

    @Test(
        "Retry-After is read in both forms of RFC 9110, and ignored in any other",
        arguments: [
            ("120", 120), ("0", 0), ("99999999999999999999", Int64.max), ("Thu, 25 Feb 2021 15:04:10 GMT", 120),
            ("Thu, 25 Feb 2021 14:00:00 GMT", -3730), ("", nil), ("-1", nil), ("1.5", nil), ("soon", nil),
        ]
    )
    func retryAfter(text: String, seconds: Int64?) {
        #expect(RetrySchedule.retryAfter(text, now: Self.now) == seconds.map { Duration.seconds($0) })
    }

    @Test("While a secret is changed both sign, the new one first; when its time is over the old one does not")
    func twoSecrets() throws {
        let old = "whsec_" + String(repeating: "QUJD", count: 8)
        var channel = Webhook(url: "https://a.example/", secret: Self.secret)
        func signatures() throws -> [String] {
            try Self.request(channel: channel).headers["webhook-signature"].flatMap {
                $0.split(separator: " ").map(String.init)
            }
        }
        let wanted = try [Self.secret, old].map {
            try WebhookSignature(secret: $0).value(id: "d-1", seconds: 1_614_265_330, body: "{}".utf8)
        }
        channel.oldSecret = Webhook.OldSecret(old, until: Self.now + .milliseconds(1))
        #expect(try signatures() == wanted)
        channel.oldSecret = Webhook.OldSecret(old, until: Self.now)
        #expect(try signatures() == [wanted[0]])
    }

    @Test("What the channel has set goes to the channel's own origin, by whatever URL")
    func ownOrigin() throws {
        let channel = Webhook(
            url: "https://a.example/hook",
            headers: ["X-Team": "red"],
            auth: .init(username: "ada", password: "päss"),
            secret: Self.secret
        )
        for url in [nil, "https://A.example:443/other"] {
            let request = try Self.request(messageURL: url, channel: channel)
            #expect(request.target.host == "a.example")
            #expect(request.headers["x-team"] == ["red"])
            #expect(request.headers["authorization"] == ["Basic YWRhOnDDpHNz"])
            let signature = try WebhookSignature(secret: Self.secret)
                .value(id: "d-1", seconds: 1_614_265_330, body: "{}".utf8)
            #expect(request.headers["webhook-signature"] == [signature])
        }
    }

    @Test(
        "Nothing of the channel goes to another origin",
        arguments: ["https://evil.example/hook", "http://a.example/hook", "https://a.example:444/hook"]
    )
    func foreignOrigin(url: String) throws {
        let channel = Webhook(
            url: "https://a.example/hook",
            headers: ["X-Team": "red", "Authorization": "Bearer x"],
            auth: .init(username: "ada", password: "secret"),
            secret: Self.secret
        )
        let request = try Self.request(messageURL: url, channel: channel)
        #expect(request.target.url.hasSuffix("/hook"))
        let names = Set(request.headers.map { $0.name.lowercased() })
        #expect(names == ["content-type", "user-agent", "webhook-id", "webhook-timestamp"])
        #expect(request.headers["webhook-timestamp"] == ["1614265330"])
    }

    @Test("Given headers cannot replace ours, and do not come twice in two spellings")
    func reserved() throws {
        let headers = [
            "Content-Type": "text/html", "content-LENGTH": "1", "Host": "evil", "Transfer-Encoding": "chunked",
            "Webhook-Id": "1", "webhook-signature": "v1,x", "Connection": "upgrade", "Authorization": "Bearer x",
        ]
        let channel = Webhook(url: "http://a.example/", headers: headers, auth: .init(username: "a", password: "b"))
        let request = try Self.request(channel: channel)
        #expect(request.headers["content-type"] == ["application/json; charset=utf-8"])
        #expect(request.headers["webhook-id"] == ["d-1"])
        #expect(request.headers["authorization"] == ["Basic YTpi"])
        for name in ["content-length", "host", "transfer-encoding", "connection", "webhook-signature"] {
            #expect(request.headers[name] == [])
        }
    }

    @Test("A callback's method and headers apply to its URL alone")
    func callback() throws {
        let json = #"{"url":"http://c.example/","method":"put","headers":{"X-Mine":"1","X-Odd":2}}"#
        let request = try Self.request(callbackJSON: json)
        #expect(request.target.host == "c.example")
        #expect(request.method == .PUT)
        #expect(request.headers["x-mine"] == ["1"])
        #expect(request.headers["x-odd"] == [])
        for (url, channel) in [("http://m.example/", nil), (nil, Webhook(url: "http://a.example/"))] {
            let request = try Self.request(messageURL: url, channel: channel, callbackJSON: json)
            #expect(request.method == .POST)
            #expect(request.headers["x-mine"] == [])
            #expect(request.target.host != "c.example")
        }
    }

    @Test(
        "Without a URL, or with a callback that cannot be used, the delivery ends",
        arguments: [
            nil, "{}", #"{"url":7}"#, #"{"url":"ftp://x/"}"#, #"{"url":"http://x/","method":"GET"}"#,
            #"{"url":"http://x/","method":7}"#,
        ]
    )
    func unusable(callbackJSON: String?) {
        #expect {
            try Self.request(callbackJSON: callbackJSON)
        } throws: { error in
            (error as? AttemptFailure)?.isFinal == true
        }
    }

    private static func request(
        messageURL: String? = nil,
        channel: Webhook? = nil,
        callbackJSON: String? = nil
    ) throws -> WebhookRequest {
        let message = Message(
            id: "m",
            channelID: "c",
            senderType: .agent,
            senderID: "c",
            webhookURL: messageURL,
            createdAt: now
        )
        let review = Review(of: message, type: "approval", callbackJSON: callbackJSON, expiresAt: now)
        return try WebhookRequest(
            id: "d-1",
            of: MessageWithParts(message: message, review: review),
            channel: channel,
            body: ByteBuffer(string: "{}"),
            now: now
        )
    }
}
