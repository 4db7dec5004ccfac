import App
import HTTP
import HTTPTypes
import Index
import JSON
import TestSupport
import Testing

@Suite("Races of messages, a hundred rounds each")
struct MessageRaceTests {
    private static let rounds = 100

    @Test("of two messages with one clientId one is stored, and both are answered with it")
    func clientID() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            for round in 1...Self.rounds {
                let answers = try await twice { try await owner.post(#""text":"\#($0)","clientId":"c\#(round)""#) }
                #expect(answers.map(\.status) == [201, 201])
                #expect(answers[0].json == answers[1].json && answers[0].json["id"]?.text != nil)
                #expect(try await server.census().messages == round)
            }
        }
    }

    @Test("two new iterations of one message are both stored, as 2 and 3, and the root is 1")
    func iterations() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            for _ in 1...Self.rounds {
                let root = try await owner.ask()
                _ = try await server.assembly.index.write { tx in try tx.complete(reviewOf: root, responseJSON: "{}") }
                let answers = try await twice {
                    try await owner.post(#""text":"\#($0)","iterationOf":"\#(root)""#)
                }
                #expect(answers.map(\.status) == [201, 201])
                let numbers = answers.map { $0.json["iteration"] }
                #expect(numbers == [.integer(2), .integer(3)] || numbers == [.integer(3), .integer(2)])
                let group = try await owner.get("messages/iterations/\(root)").json["iterations"]?.elements ?? []
                #expect(group.map { $0["iteration"] } == [.integer(1), .integer(2), .integer(3)])
                #expect(group.first?["id"]?.text == root)
            }
        }
    }

    @Test("two repeats of a new iteration with one clientId make one iteration")
    func repeatedIteration() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            for round in 1...Self.rounds {
                let root = try await owner.ask()
                _ = try await server.assembly.index.write { tx in try tx.complete(reviewOf: root, responseJSON: "{}") }
                let answers = try await twice { _ in
                    try await owner.post(#""text":"v2","iterationOf":"\#(root)","clientId":"c\#(round)""#)
                }
                #expect(answers.map(\.status) == [201, 201])
                #expect(answers.map { $0.json["iteration"] } == [.integer(2), .integer(2)])
                #expect(answers[0].json["id"] == answers[1].json["id"])
            }
        }
    }

    @Test("of two messages that want one file one gets it, and the other is refused whole")
    func attachment() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            for round in 1...Self.rounds {
                let file = try await owner.storedID("\(round)")
                let answers = try await twice {
                    try await owner.post(#""text":"\#($0)","attachmentIds":["\#(file)"]"#)
                }
                #expect(answers.map(\.status).sorted() == [201, 400])
                let (won, lost) = answers[0].status == 201 ? (answers[0], answers[1]) : (answers[1], answers[0])
                #expect(lost.faults == ["attachmentIds"] && lost.text.contains(file))
                #expect(try await owner.send(.get, "/api/v1/files/\(file)").json["messageId"] == won.json["id"])
                #expect(try await server.census().messages == round)
            }
        }
    }
}
