import API
import App
import HTTP
import HTTPTypes
import Index
import JSON
import TestSupport
import Testing

@Suite("Reviews")
struct ReviewRouteTests {
    @Test("a wait is answered the moment the review is completed, with the response in it")
    func completed() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let id = try await owner.ask()
            async let waiting = owner.get("reviews/\(id)/wait", "&timeout=30000")
            let outcome = try await server.assembly.index.write { tx in
                try tx.complete(reviewOf: id, responseJSON: #"{"selectedOption":"yes"}"#)
            }
            #expect(outcome == .accepted)
            let answer = try await waiting.json
            #expect(answer["status"] == .string("completed"))
            #expect(answer["message"]?["review"]?["response"] == .object(["selectedOption": .string("yes")]))
        }
    }

    @Test("a key may have so many waits at a time; more are 429 with a sentence, and other keys go on")
    func tooManyWaits() async throws {
        try await withServer { server in
            let (owner, other) = (try await server.owner(), try await server.owner())
            let (id, own) = (try await owner.ask(), try await other.ask())
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<Limits.waitsPerCaller {
                    // Again, should its time be up before all the others have come, or its place be taken by the probe.
                    group.addTask { while [200, 429].contains(try await owner.get("reviews/\(id)/wait").status) {} }
                }
                var reply = try await owner.get("answers", "&timeout=1")
                for _ in 0..<10_000 where reply.status == 200 { reply = try await owner.get("answers", "&timeout=1") }
                #expect(reply.status == 429 && reply.headers[.retryAfter] == "15")
                #expect(reply.json["message"]?.text?.hasPrefix("Too many waits are open") == true)
                #expect(try await other.get("reviews/\(own)/wait", "&timeout=1").status == 200)
                group.cancelAll()
                while await group.nextResult() != nil {}
            }
        }
    }

    @Test("time up is timeout; a retracted message ends the wait with 404; no review is 404")
    func otherEnds() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let id = try await owner.ask()
            #expect(
                try await owner.get("reviews/\(id)/wait", "&timeout=1").json == .object(["status": .string("timeout")])
            )
            async let waiting = owner.get("reviews/\(id)/wait")
            #expect(try await owner.send(.delete, "/api/v1/messages/\(id)?channel=\(owner.channel)").status == 200)
            #expect(try await waiting.status == 404)
            let plain = try await owner.post(#""text":"a""#)
            let plainID = try #require(plain.json["id"]?.text)
            #expect(try await owner.get("reviews/\(plainID)").status == 404)
        }
    }

    @Test("pending reviews are listed newest first, until they are answered")
    func pending() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let (first, second) = (try await owner.ask(), try await owner.ask())
            #expect(try await owner.get("reviews/pending").json.elements.map { $0["id"]?.text } == [second, first])
            _ = try await server.assembly.index.write { tx in try tx.complete(reviewOf: first, responseJSON: "{}") }
            #expect(try await owner.get("reviews/pending", "&limit=1").json.elements.count == 1)
            #expect(try await owner.get("reviews/pending").json.elements.map { $0["id"]?.text } == [second])
        }
    }

    @Test("pending reviews that are large together come in several answers, each with a link to the next")
    func largePending() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let large = String(repeating: "a", count: PageWeight.most / 2)
            var asked: [String] = []
            for _ in 0..<3 {
                let review = #"{"type":"approval","payload":{"options":[]}}"#
                let answer = try await owner.post(#""text":"\#(large)","review":\#(review)"#)
                asked.insert(try #require(answer.json["id"]?.text), at: 0)
            }
            var (seen, reference) = ([String](), String?.some("?channel=\(owner.channel)"))
            while let next = reference, seen.count < 9 {
                let answer = try await owner.send(.get, "/api/v1/reviews/pending\(next)")
                let ids = answer.json.elements.compactMap { $0["id"]?.text }
                #expect(ids.count == 1)
                seen += ids
                reference = answer.next
            }
            #expect(seen == asked)
        }
    }

    @Test("a new iteration needs a finished review, and is numbered after the last one")
    func iterations() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let id = try await owner.ask()
            #expect(try await owner.post(#""text":"v2","iterationOf":"\#(id)""#).status == 400)
            _ = try await server.assembly.index.write { tx in try tx.complete(reviewOf: id, responseJSON: "{}") }
            let next = try await owner.post(#""text":"v2","iterationOf":"\#(id)""#).json
            #expect(next["iteration"] == .integer(2) && next["iterationGroupId"] == .string(id))
            let group = try await owner.get("messages/iterations/\(id)").json["iterations"]?.elements
            #expect(group?.compactMap { $0["iteration"] } == [.integer(1), .integer(2)])
            let first = try await owner.get("messages/iterations/\(id)", "&limit=1")
            #expect(first.json["iterations"]?.elements.compactMap { $0["iteration"] } == [.integer(1)])
            let reference = try #require(first.next)
            let second = try await owner.send(.get, "/api/v1/messages/iterations/\(id)\(reference)")
            #expect(second.json["iterations"]?.elements.compactMap { $0["iteration"] } == [.integer(2)])
            #expect(second.json["groupId"] == .string(id) && second.next == nil)
        }
    }
}
