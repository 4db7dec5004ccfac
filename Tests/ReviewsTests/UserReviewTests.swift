import App
import HTTP
import HTTPTypes
import JSON
import TestSupport
import Testing

@Suite("Users and reviews")
struct UserReviewTests {
    @Test("a person finds the question, answers it once, and the parked agent has the answer")
    func answer() async throws {
        try await withServer { server in
            let (ada, agent) = try await server.pair()
            let id = try await agent.ask()
            async let waiting = agent.get("reviews/\(id)/wait", "&timeout=30000")
            let pending = try await ada.send(.get, "messages/reviews")
            #expect(pending.json["data"]?.elements.map { $0["id"]?.text } == [id])
            let answer = try await ada.send(
                .post,
                "messages/\(id)/respond",
                #"{"response":{"selectedOption":"yes"},"feedback":"fine"}"#
            )
            #expect(answer.status == 201 && answer.json["review"]?["status"] == .string("completed"))
            let heard = try await waiting.json
            #expect(heard["status"] == .string("completed"))
            #expect(heard["message"]?["review"]?["feedback"] == .string("fine"))
            let again = try await ada.send(.post, "messages/\(id)/respond", #"{"response":{}}"#)
            #expect(again.status == 403 && again.json["message"] == .string("Review already responded"))
            for (status, count) in [("pending", 0), ("completed", 1), ("expired", 0), ("all", 1)] {
                let list = try await ada.send(.get, "messages/reviews?status=\(status)&channel=\(agent.channel)")
                #expect(list.json["data"]?.elements.count == count, "\(status)")
            }
            #expect(try await ada.send(.get, "messages/reviews?status=done").status == 400)
            for (filter, count) in [("type=approval", 1), ("type=form", 0), ("search=zzz", 0)] {
                let list = try await ada.send(.get, "messages/reviews?status=completed&\(filter)")
                #expect(list.json["data"]?.elements.count == count, "\(filter)")
            }
            let counts = try await ada.send(.get, "messages/reviews/counts")
            #expect(counts.text == #"{"completed":1,"completedSince":1,"expired":0,"pending":0}"#)
            let since = "messages/reviews/counts?since="
            let later = try await ada.send(.get, since + "2999-01-01T00:00:00.000Z")
            #expect(later.text.contains(#""completedSince":0"#))
            let refused = [since + "yesterday", "messages/reviews?search=" + String(repeating: "a", count: 1001)]
            for path in refused { #expect(try await ada.send(.get, path).status == 400, "\(path.prefix(40))") }
        }
    }

    @Test("passwords typed into a form are redacted for people, everywhere")
    func passwords() async throws {
        try await withServer { server in
            let (ada, agent) = try await server.pair()
            let form = #"{"type":"form","payload":{"fields":[{"name":"pin","type":"password","label":"PIN"}]}}"#
            let id = try #require(try await agent.post(#""review":\#(form)"#).json["id"]?.text)
            let answer = try await ada.send(.post, "messages/\(id)/respond", #"{"response":{"pin":"hunter2"}}"#)
            #expect(answer.status == 201)
            let reads = [
                answer, try await ada.send(.get, "messages/\(id)"),
                try await ada.send(.get, "messages/\(id)/iterations"),
                try await ada.send(.get, "messages?channel=\(agent.channel)"),
                try await ada.send(.get, "messages/reviews?status=all"),
            ]
            #expect(reads.allSatisfy { !$0.text.contains("hunter2") && $0.text.contains("***REDACTED***") })
            #expect(try await agent.get("reviews/\(id)").text.contains("hunter2"))
        }
    }
}
