import App
import HTTP
import HTTPTypes
import Index
import JSON
import TestSupport
import Testing

@Suite("The feed of answers")
struct AnswerFeedTests {
    private func complete(_ id: String, _ server: TestServer) async throws {
        let outcome = try await server.assembly.index.write { tx in
            try tx.complete(reviewOf: id, responseJSON: #"{"selectedOption":"yes"}"#)
        }
        #expect(outcome == .accepted)
    }

    @Test("finished reviews stand in it, the first to finish first, until they are acknowledged; also after a restart")
    func feed() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let (first, second) = (try await owner.ask(), try await owner.ask())
            // An acknowledgement before there is an answer does not count.
            _ = try await owner.send(.post, "/api/v1/messages/\(first)/ack?channel=\(owner.channel)")
            try await complete(second, server)
            try await complete(first, server)
            let answers = try await owner.get("answers").json
            let items = try #require(answers["answers"]?.elements)
            #expect(items.map { $0["message"]?["id"]?.text } == [second, first])
            #expect(items.allSatisfy { $0["status"] == .string("completed") })
            #expect(items[0]["message"]?["review"]?["response"] == .object(["selectedOption": .string("yes")]))
            #expect(items[0]["message"]?["text"] == .string("Deploy?"))
            guard case .integer(let next)? = answers["next"] else {
                Issue.record("no next")
                return
            }
            #expect(try await owner.get("answers", "&after=\(next)&timeout=1").json["answers"] == .array([]))
            #expect(try await owner.get("answers", "&limit=1").json["answers"]?.elements.count == 1)

            _ = try await owner.send(.post, "/api/v1/messages/\(second)/ack?channel=\(owner.channel)")
            #expect(
                try await owner.get("answers").json["answers"]?.elements.map { $0["message"]?["id"]?.text } == [first]
            )
            let read = try await server.assembly.index.read { try $0.answers(in: $0.owned(owner.channel), limit: 9) }
            #expect(read.map(\.message.id.rawValue) == [first])
        }
    }

    @Test("a parked reader is woken by an answer and by an expiry, and gets an empty page when the time is up")
    func waiting() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let empty = try await owner.get("answers", "&timeout=1")
            #expect(empty.json == .object(["answers": .array([]), "next": .integer(0)]))
            let id = try await owner.ask()
            async let waiting = owner.get("answers", "&timeout=30000")
            try await complete(id, server)
            #expect(try await waiting.json["answers"]?.elements.count == 1)

            let late = try await owner.ask(expiresIn: 1)
            let next = try await owner.get("answers").json["next"]
            guard case .integer(let number)? = next else {
                Issue.record("no next")
                return
            }
            // The sweep does not run in this server: what it does, once its time has come.
            async let expired = owner.get("answers", "&after=\(number)&timeout=30000")
            let due = try #require(try await server.assembly.index.read { try $0.nextExpiry() })
            try await Task.sleep(for: .milliseconds(max(0, due.milliseconds - Timestamp.now().milliseconds)))
            while try await server.assembly.index.write({ tx in try tx.expireDue(limit: 9) }).isEmpty {}
            let item = try await expired.json["answers"]?.elements.first
            #expect(item?["status"] == .string("expired") && item?["message"]?["id"] == .string(late))
        }
    }

    @Test("a server that stops answers parked readers at once, with nothing new")
    func stopping() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let id = try await owner.ask()
            async let answers = owner.get("answers", "&timeout=30000")
            async let wait = owner.get("reviews/\(id)/wait", "&timeout=30000")
            server.assembly.index.endWaits()
            #expect(try await answers.json["answers"] == .array([]))
            #expect(try await wait.json == .object(["status": .string("timeout")]))
        }
    }

    @Test("after must be a number that was given")
    func refused() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            for after in ["x", "-1", "1.5", "99999999999999999999"] {
                #expect(try await owner.get("answers", "&after=\(after)").faults == ["after"], "\(after)")
            }
        }
    }
}
