import API
import HTTP
import HTTPTypes
import Index
import JSON
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@testable import Delivery

@Suite("Trying a webhook")
struct WebhookTestTests {
    private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    private static func client(resolving addresses: [String] = ["127.0.0.1"], allowed: String = "127.0.0.1") throws
        -> WebhookClient
    {
        let found = addresses.compactMap(IPAddress.init)
        return WebhookClient(rules: TargetRules(allowed: try #require(AllowedTargets(allowed)))) { _ in found }
    }

    @Test("A receiver that takes the event is told once of nothing but the channel, under an id of its own")
    func delivered() async throws {
        try await Receiver.run({ $0 == 1 ? .accepted : .internalServerError }) { receiver in
            let webhook = Webhook(url: "http://hook.invalid:\(receiver.port)/hook", secret: Self.secret)
            let test = try await WebhookTest(of: webhook, channelID: "c", by: try Self.client(), timeout: .seconds(120))
            #expect(test.delivered && test.status == 202 && test.error == nil && test.milliseconds >= 0)
            let told = try #require(await receiver.bodies.first { _ in true })
            #expect(told.json == .object(["event": .string("webhook:test"), "channelId": .string("c")]))
            #expect(Delivery.ID(told.id).isValid)
        }
    }

    @Test("What the receiver answers otherwise is told, and not tried again")
    func refusedByReceiver() async throws {
        try await Receiver.run({ $0 == 1 ? .serviceUnavailable : .ok }) { receiver in
            let webhook = Webhook(url: "http://hook.invalid:\(receiver.port)/hook")
            let test = try await WebhookTest(of: webhook, channelID: "c", by: try Self.client(), timeout: .seconds(120))
            #expect(!test.delivered && test.status == 503 && test.error == "The receiver answered 503")
        }
    }

    @Test(
        "It is judged as a real event is: a host with an address inside, a URL that is none of http, a bad secret",
        arguments: [
            (Webhook(url: "http://hook.invalid/"), "not on the public Internet"),
            (Webhook(url: "ftp://hook.invalid/"), "http"),
            (Webhook(url: "http://hook.invalid/", secret: "x"), "secret"),
        ]
    )
    func judged(webhook: Webhook, reason: String) async throws {
        let client = try Self.client(resolving: ["93.184.215.14", "10.0.0.1"])
        let test = try await WebhookTest(of: webhook, channelID: "c", by: client)
        #expect(!test.delivered && test.status == nil)
        #expect(test.error?.contains(reason) == true, "\(test)")
    }

    @Test("What a channel has set goes with it: headers, credentials, signature")
    func request() throws {
        let webhook = Webhook(
            url: "https://a.example/hook",
            headers: ["X-Team": "red"],
            auth: .init(username: "ada", password: "päss"),
            secret: Self.secret
        )
        let now = Timestamp(milliseconds: 1_614_265_330_999)
        let request = try WebhookRequest(id: "t", to: webhook, body: .init(string: "{}"), now: now)
        let signature = try WebhookSignature(secret: Self.secret).value(
            id: "t",
            seconds: 1_614_265_330,
            body: "{}".utf8
        )
        #expect(request.method == .POST && request.target.host == "a.example")
        #expect(request.headers["x-team"] == ["red"] && request.headers["webhook-id"] == ["t"])
        #expect(request.headers["authorization"] == ["Basic YWRhOnDDpHNz"])
        #expect(request.headers["webhook-signature"] == [signature])
    }
}
