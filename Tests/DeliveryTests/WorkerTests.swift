import API
import Foundation
import HTTP
import HTTPTypes
import Index
import IndexSupport
import JSON
import Logging
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import Delivery

@Suite("The worker that delivers")
struct WorkerTests {
    @Test("It tries again by its schedule under one id until the receiver takes it, and then says so")
    func retries() async throws {
        try await withIndex { index, channel in
            try await Receiver.run({ $0 < 3 ? .badGateway : .noContent }) { receiver in
                let message = try await answer(in: channel, url: "http://127.0.0.1:\(receiver.port)/hook", index)
                let worker = try worker(index, pauses: [.zero, .zero])
                try await worker.running {
                    let seen = await receiver.bodies.prefix(3).reduce(into: []) { $0.append($1.id) }
                    let delivery = try await finished(message, index)
                    #expect(delivery.state == .delivered)
                    #expect(delivery.attempts == 3)
                    #expect(delivery.responseStatus == 204)
                    #expect(seen == Array(repeating: delivery.id.rawValue, count: 3))
                }
                let status = try await index.read { try $0.anyMessage(id: message.id)?.message.deliveryStatus }
                #expect(status == .webhookDelivered)
            }
        }
    }

    @Test("After the last pause it gives up, and the message says that it failed")
    func givesUp() async throws {
        try await withIndex { index, channel in
            try await Receiver.run({ _ in .internalServerError }) { receiver in
                let message = try await answer(in: channel, url: "http://127.0.0.1:\(receiver.port)/hook", index)
                try await worker(index, pauses: [.zero, .zero]).running {
                    let delivery = try await finished(message, index)
                    #expect(delivery.state == .failed)
                    #expect(delivery.attempts == 3)
                    #expect(delivery.responseStatus == 500)
                }
                let status = try await index.read { try $0.anyMessage(id: message.id)?.message.deliveryStatus }
                #expect(status == .webhookFailed)
            }
        }
    }

    @Test("What cannot be sent at all ends with a reason after one attempt: a URL that has gone, or is none")
    func unsendable() async throws {
        try await withIndex { index, channel in
            let odd = try await answer(in: channel, url: "ftp://nowhere/", index)
            let gone = try await answer(in: channel, callbackJSON: #"{"url":{}}"#, index)
            try await worker(index, pauses: [.zero]).running {
                for message in [odd, gone] {
                    let delivery = try await finished(message, index)
                    #expect(delivery.attempts == 1)
                    #expect(delivery.state == .failed)
                    #expect(delivery.error?.isEmpty == false)
                }
            }
        }
    }

    @Test("Cancelled in the middle it gives the delivery back, uncounted and due at once")
    func cancelled() async throws {
        try await withIndex { index, channel in
            let (arrivals, arrived) = AsyncStream.makeStream(of: Void.self)
            let hang: @Sendable (Int) async throws -> HTTPResponse.Status = { _ in
                arrived.yield()
                try await Task.sleep(for: .seconds(60))
                return .ok
            }
            try await Receiver.run(hang) { receiver in
                let message = try await answer(in: channel, url: "http://127.0.0.1:\(receiver.port)/hook", index)
                try await worker(index, pauses: [.seconds(60)]).running {
                    for await _ in arrivals { break }
                }
                let delivery = try #require(try await index.read { try $0.deliveries(ofAnyMessage: message.id).first })
                #expect(delivery.state == .pending)
                #expect(delivery.attempts == 0)
                #expect(try #require(delivery.nextAttemptAt) <= .now())
                let status = try await index.read { try $0.anyMessage(id: message.id)?.message.deliveryStatus }
                #expect(status == .sent)
            }
        }
    }

    @Test("410 ends it after one attempt; 404 is a failure like any other")
    func gone() async throws {
        try await withIndex { index, channel in
            try await Receiver.run({ [.gone, .notFound, .ok][$0 - 1] }) { receiver in
                let url = "http://127.0.0.1:\(receiver.port)/hook"
                let gone = try await answer(in: channel, url: url, index)
                try await worker(index, pauses: [.zero]).running {
                    let ended = try await finished(gone, index)
                    #expect(ended.state == .failed && ended.attempts == 1 && ended.responseStatus == 410)
                    let missing = try await answer(in: channel, url: url, index)
                    let found = try await finished(missing, index)
                    #expect(found.state == .delivered && found.attempts == 2)
                }
            }
        }
    }

    @Test("Retry-After of 429 and 503 puts the next attempt off; of 500 it means nothing")
    func retryAfter() async throws {
        try await withIndex { index, channel in
            let statuses: [HTTPResponse.Status] = [.tooManyRequests, .serviceUnavailable, .internalServerError]
            try await Receiver.run({ statuses[$0 - 1] }, headers: [.retryAfter: "120"]) { receiver in
                let url = "http://127.0.0.1:\(receiver.port)/hook"
                for status in statuses {
                    let message = try await answer(in: channel, url: url, index)
                    try await worker(index, pauses: [.seconds(60)]).running {
                        let failed = try await index.wait(for: .deliveries, until: .now + .seconds(20)) {
                            let delivery = try await index.read { try $0.deliveries(ofAnyMessage: message.id).first }
                            return delivery?.attempts == 1 ? delivery : nil
                        }
                        let (tried, next) = (try #require(failed?.attemptedAt), try #require(failed?.nextAttemptAt))
                        #expect(next == tried + .seconds(status == .internalServerError ? 60 : 120), "\(status)")
                    }
                }
            }
        }
    }

    @Test("While the first event of a channel is under way the second waits, and another channel's does not")
    func order() async throws {
        try await withIndex { index, channel in
            let (gate, open) = AsyncStream.makeStream(of: Void.self)
            let answerWhenOpen: @Sendable (Int) async throws -> HTTPResponse.Status = { attempt in
                if attempt == 1 { for await _ in gate {} }
                return .ok
            }
            try await Receiver.run(answerWhenOpen) { receiver in
                let url = "http://127.0.0.1:\(receiver.port)/hook"
                let other = Agent(id: .make(), userID: channel.userID, name: "other", createdAt: .now())
                try await index.write { try $0.insert(other) }
                var sent: [Message.ID] = []
                for sender in [channel, channel, other] {
                    sent.append(try await answer(in: sender, url: url, index).id)
                }
                try await worker(index, pauses: []).running {
                    var told: [Message.ID] = []
                    for await body in receiver.bodies {
                        told.append(Message.ID(body.json["message_id"]?.text ?? ""))
                        if told.count == 2 { open.finish() }
                        if told.count == 3 { break }
                    }
                    #expect(Set(told[..<2]) == [sent[0], sent[2]] && told[2] == sent[1])
                }
            }
        }
    }

    @Test("Where an address refuses the connection the next one is asked within the same attempt, if it was judged")
    func nextAddress() async throws {
        try await Receiver.run({ _ in .ok }) { receiver in
            // Nobody listens at the first two.
            let addresses = ["::1", "127.0.0.2", "127.0.0.1"].compactMap(IPAddress.init)
            let request = try request(to: "http://hook.invalid:\(receiver.port)/hook")
            let client = WebhookClient(
                rules: TargetRules(allowed: try #require(AllowedTargets("127.0.0.0/8, ::1"))),
                resolve: { _ in addresses }
            )
            #expect(try await client.send(request, timeout: .seconds(120)) == 200)
            let strict = WebhookClient(
                rules: TargetRules(allowed: try #require(AllowedTargets("127.0.0.1, ::1"))),
                resolve: { _ in addresses }
            )
            let failure = await #expect(throws: AttemptFailure.self) {
                try await strict.send(request, timeout: .seconds(120))
            }
            #expect(failure?.isFinal == true)
        }
    }

    @Test("An answer is an answer: a failure is not tried at the next address, because the request was sent")
    func noSecondRequest() async throws {
        try await Receiver.run({ $0 == 1 ? .badGateway : .ok }) { receiver in
            let address = try #require(IPAddress("127.0.0.1"))
            let client = WebhookClient(
                rules: TargetRules(allowed: try #require(AllowedTargets("127.0.0.1"))),
                resolve: { _ in [address, address] }
            )
            let request = try request(to: "http://hook.invalid:\(receiver.port)/hook")
            await #expect(throws: AttemptFailure("The receiver answered 502", status: 502)) {
                try await client.send(request, timeout: .seconds(120))
            }
        }
    }

    @Test(
        "A refused connection is told in words of ours, and so is a header that the client refuses, without its value"
    )
    func reasons() async throws {
        let address = try #require(IPAddress("127.0.0.1"))
        let client = WebhookClient(
            rules: TargetRules(allowed: try #require(AllowedTargets("127.0.0.1"))),
            resolve: { _ in [address] }
        )
        await #expect(throws: AttemptFailure("The connection failed: Connection refused")) {
            try await client.send(try request(to: "http://hook.invalid:1/"), timeout: .seconds(120))
        }
        let webhook = Webhook(url: "http://hook.invalid:1/", headers: ["Authorization": "Bearer sk-SECRET\n"])
        let secret = try WebhookRequest(id: "d", to: webhook, body: ByteBuffer(), now: .now())
        let failure = await #expect(throws: AttemptFailure.self) {
            try await client.send(secret, timeout: .seconds(120))
        }
        #expect(failure?.reason.contains("SECRET") == false)
        #expect(failure?.reason.hasPrefix("The request failed: ") == true)
    }

    @Test("A name is resolved once, and the connection goes to the address that was judged")
    func resolvedOnce() async throws {
        try await Receiver.run({ _ in .ok }) { receiver in
            // A name of nobody: only the checked address leads to the receiver.
            let asked = Mutex<[String]>([])
            let local = try #require(IPAddress("127.0.0.1"))
            let client = WebhookClient(
                rules: TargetRules(allowed: try #require(AllowedTargets("127.0.0.1"))),
                resolve: { host in
                    asked.withLock { $0.append(host) }
                    return [local]
                }
            )
            let request = try request(to: "http://Hook.invalid.:\(receiver.port)/hook")
            #expect(try await client.send(request, timeout: .seconds(120)) == 200)
            #expect(asked.withLock { $0 } == ["hook.invalid"])
        }
    }

    @Test("A refused address is not connected to, though the name stood for an allowed one before")
    func rebinding() async throws {
        try await Receiver.run({ _ in .ok }) { receiver in
            let turns = Mutex(0)
            let (good, bad) = (try #require(IPAddress("127.0.0.1")), try #require(IPAddress("127.0.0.2")))
            let client = WebhookClient(
                rules: TargetRules(allowed: try #require(AllowedTargets("127.0.0.1"))),
                resolve: { _ in
                    turns.withLock { turn in
                        turn += 1
                        return turn == 1 ? [good] : [good, bad]
                    }
                }
            )
            let request = try request(to: "http://hook.invalid:\(receiver.port)/hook")
            #expect(try await client.send(request, timeout: .seconds(120)) == 200)
            await #expect(throws: AttemptFailure.self) {
                try await client.send(request, timeout: .seconds(120))
            }
        }
    }

    @Test("An attempt ends with its time, also when the name is never resolved")
    func timeout() async throws {
        let client = WebhookClient(
            rules: TargetRules(allowed: try #require(AllowedTargets(""))),
            resolve: { _ in
                try await Task.sleep(for: .seconds(3600))
                return []
            }
        )
        await #expect(throws: AttemptFailure("The receiver did not answer within 0.05 seconds")) {
            try await client.send(try request(to: "http://hook.invalid/"), timeout: .milliseconds(50))
        }
    }
}

// MARK: - What the tests stand on

/// An index of its own, with a channel.
private func withIndex(_ body: @escaping @Sendable (StoreIndex, Agent) async throws -> Void) async throws {
    let folder = NSTemporaryDirectory() + "delivery-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let place = try TestIndex(file: folder + "/index.sqlite")
    let index = try place.open(storeID: "s")
    let user = User(
        id: .make(),
        email: "ada@example.org",
        displayName: "Ada",
        role: .owner,
        passwordHash: "none",
        mustChangePassword: false,
        createdAt: .now()
    )
    let agent = Agent(id: .make(), userID: user.id, name: "builder", createdAt: .now())
    try await index.write { tx throws in
        try tx.insert(user)
        try tx.insert(agent)
    }
    try await body(index, agent)
    index.close()
    place.giveBack()
}

/// A message in `channel` whose review is answered, with that URL to tell.
private func answer(
    in channel: Agent,
    url: String? = nil,
    callbackJSON: String? = nil,
    _ index: StoreIndex
) async throws -> Message {
    try await index.write { tx throws in
        let message = Message(
            id: .make(),
            channelID: channel.id,
            senderType: .agent,
            senderID: channel.id.rawValue,
            webhookURL: url,
            createdAt: tx.now
        )
        let expiry = tx.now + .seconds(60)
        try tx.insert(
            message,
            review: Review(of: message, type: "freeform", callbackJSON: callbackJSON, expiresAt: expiry)
        )
        #expect(try tx.complete(reviewOf: message.id, responseJSON: "{}") == .accepted)
        return message
    }
}

/// The delivery of `message` once it is finished.
private func finished(_ message: Message, _ index: StoreIndex) async throws -> Delivery {
    let delivery = try await index.wait(for: .deliveries, until: .now + .seconds(20)) { () -> Delivery? in
        let delivery = try await index.read { try $0.deliveries(ofAnyMessage: message.id).first }
        return delivery?.state == .pending ? nil : delivery
    }
    return try #require(delivery)
}

private func worker(_ index: StoreIndex, pauses: [Duration]) throws -> DeliveryWorker {
    DeliveryWorker(
        index: index,
        allowed: try #require(AllowedTargets("127.0.0.1")),
        schedule: RetrySchedule(pauses: pauses),
        logger: Logger(label: "worker") { _ in SwiftLogNoOpLogHandler() }
    )
}

extension DeliveryWorker {
    /// Runs while `body` does, and has ended afterwards.
    fileprivate func running(_ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup { group in
            group.addTask { try await run() }
            try await body()
            group.cancelAll()
            while let result = await group.nextResult() {
                if case .failure(let error) = result, !(error is CancellationError) { throw error }
            }
        }
    }
}

private func request(to url: String) throws -> WebhookRequest {
    let message = Message(
        id: "m",
        channelID: "c",
        senderType: .agent,
        senderID: "c",
        webhookURL: url,
        createdAt: .now()
    )
    return try WebhookRequest(
        id: "d",
        of: MessageWithParts(message: message),
        channel: nil,
        body: ByteBuffer(string: "{}"),
        now: .now()
    )
}
