import API
import App
import HTTP
import HTTPTypes
import Index
import JSON
import Logging
import Synchronization
import TestSupport
import Testing

@testable import Notices

@Suite("The worker that tells")
struct NoticeWorkerTests {
    /// Takes requests and mail as a test wants.
    private final class Outside: NoticeSending, NoticeMailing, Sendable {
        struct Mail: Sendable {
            let (to, subject, text, threadID): (String, String, String, String)
            let isSettled: Bool
        }

        private let failures: Mutex<[AttemptFailure]>
        let requests = AsyncStream.makeStream(of: NoticeRequest.self)
        let mails = AsyncStream.makeStream(of: Mail.self)

        init(failing failures: [AttemptFailure] = []) { self.failures = Mutex(failures) }

        private func fail() throws {
            if let failure = failures.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { throw failure }
        }

        func send(_ request: NoticeRequest) async throws -> Int {
            requests.continuation.yield(request)
            try fail()
            return 201
        }

        func send(to address: String, subject: String, text: String, threadID: String, settled: Bool) async throws {
            mails.continuation.yield(
                Mail(to: address, subject: subject, text: text, threadID: threadID, isSettled: settled)
            )
            try fail()
        }
    }

    /// A user with one way, an agent of his, and a worker, while `body` runs.
    private func withWorker(
        _ outside: Outside,
        _ kind: NoticeWay.Kind,
        _ body: @escaping @Sendable (TestServer, Owner) async throws -> Void
    ) async throws {
        try await withServer { server in
            let (ada, agent) = (try await server.person("ada@example.org"), try await server.owner("ada@example.org"))
            let url = kind == .email ? nil : "https://n.example/topic"
            let way = NoticeWay(userID: ada.userID, kind: kind, url: url, createdAt: .now())
            let session = try #require(try await ada.send(.get, "auth/sessions").json.elements.first?["id"]?.text)
            let principal = Principal.session(Session.ID(rawValue: session), of: ada.userID, [])
            try await server.assembly.index.write(by: principal) { tx, user in
                try tx.setNotices(NoticeSettings(of: user.id), single: [way], of: user)
            }
            let index = server.assembly.index
            let worker = NoticeWorker(
                teller: NoticeTeller(index: index, sender: outside, mailer: outside, publicURL: "https://p.example"),
                zones: Zones(),
                schedule: RetrySchedule(pauses: [.zero, .zero]),
                logger: server.log.logger
            )
            try await withThrowingTaskGroup { group in
                group.addTask { try await worker.run() }
                try await body(server, agent)
                group.cancelAll()
                while let _ = try? await group.next() {}
            }
        }
    }

    /// Until the outbox is empty but for what waits for its end.
    private func settled(_ server: TestServer) async throws {
        let index = server.assembly.index
        let isEmpty = try await index.wait(for: .notices, until: .now + .seconds(20)) { () -> Bool? in
            let heads = try await index.read { try $0.nextNotices() }
            return heads.contains { $0.dueAt < .now() + .seconds(120) } ? nil : true
        }
        #expect(isEmpty == true)
    }

    @Test("What fails is tried again by the schedule, and given up at its end; the log says so and has no secret")
    func retries() async throws {
        let outside = Outside(failing: [AttemptFailure("busy", status: 503), AttemptFailure("busy", status: 500)])
        try await withWorker(outside, .ntfy) { server, agent in
            _ = try await agent.ask()
            var requests = outside.requests.stream.makeAsyncIterator()
            for _ in 0..<3 { _ = await requests.next() }
            try await settled(server)
        }
        let stubborn = Outside(failing: (0..<3).map { _ in AttemptFailure("busy", status: 503) })
        try await withWorker(stubborn, .ntfy) { server, agent in
            _ = try await agent.ask()
            var requests = stubborn.requests.stream.makeAsyncIterator()
            for _ in 0..<3 { _ = await requests.next() }
            try await settled(server)
            #expect(server.log.lines.contains { $0.contains("notice given up") })
        }
    }

    @Test("By mail: to the user's own address, in one thread with what became of the question")
    func mail() async throws {
        let outside = Outside()
        try await withWorker(outside, .email) { server, agent in
            let id = try await agent.ask()
            var mails = outside.mails.stream.makeAsyncIterator()
            let first = try #require(await mails.next())
            #expect(first.to == "ada@example.org" && first.subject == "a asks" && !first.isSettled)
            #expect(first.text == "Deploy?\n\nhttps://p.example/inbox/pending/\(id)\n" && first.threadID == id)
            #expect(try await agent.send(.delete, "/api/v1/messages/\(id)").status == 200)
            let second = try #require(await mails.next())
            #expect(second.isSettled && second.threadID == id && second.subject == "Withdrawn")
            try await settled(server)
        }
    }

    @Test("A text is shortened to what fits, whatever it is made of, and stays on one line")
    func shortened() async throws {
        let outside = Outside()
        try await withWorker(outside, .ntfy) { _, agent in
            let text = String(repeating: #"🏳️‍🌈 \n"#, count: 500)
            _ = try await agent.post(#""text":"\#(text)","status":"error""#)
            var requests = outside.requests.stream.makeAsyncIterator()
            let json = try JSONValue(parsing: try #require(await requests.next()).body)
            let message = try #require(json["message"]?.text)
            #expect(message.unicodeScalars.count <= 240 && message.hasSuffix("…") && !message.contains("\n"))
            #expect(json["title"] == .string("a reports an error"))
        }
    }
}
