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
            #expect(try await owner.get("reviews/pending", "&limit=1").json["data"]?.elements.count == 1)
            #expect(try await owner.get("reviews/pending").json.elements.map { $0["id"]?.text } == [second])
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
        }
    }
}
