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

    @Test("Retries come after 1 s, 5 s, 30 s, 5 min and 30 min, and then no more")
    func schedule() {
        let pauses = (1...7).map { RetrySchedule.standard.pause(afterAttempts: $0) }
        #expect(pauses == [.seconds(1), .seconds(5), .seconds(30), .seconds(300), .seconds(1800), nil, nil])
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
