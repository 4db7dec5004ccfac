import App
import HTTP
import HTTPTypes
import JSON
import NIOCore
import TestSupport
import Testing

@Suite("Uploads with an Idempotency-Key")
struct IdempotentUploadTests {
    private static let key = HTTPField.Name("Idempotency-Key")!
    private static let routes = ["upload", "store", "store-text"]

    /// Sends the content `text` under `key` to one of the routes.
    private static func send(
        _ owner: Owner,
        _ text: String,
        key: String,
        to route: String,
        name: String = "a.txt"
    ) async throws -> HTTPReply {
        if route == "store-text" {
            let json = #"{"channelId":"\#(owner.channel)","content":"\#(text)","filename":"\#(name)"}"#
            return try await owner.send(
                .post,
                "/api/v1/files/store-text",
                [Self.key: key],
                body: ByteBuffer(string: json)
            )
        }
        let form = Form(.channel(owner.channel), .file(Array(text.utf8), name))
        return try await owner.send(form, to: route, [Self.key: key])
    }

    @Test("a repeat is answered with the stored file and stores nothing, on every route", arguments: routes)
    func repeated(route: String) async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let first = try await Self.send(owner, "report", key: "k", to: route)
            let stored = try await server.census()
            #expect(first.status == 201 && first.headers[.idempotencyReplayed] == nil)
            // Bare and as a quoted string it is the same key.
            for key in ["k", #""k""#] {
                let again = try await Self.send(owner, "report", key: key, to: route)
                #expect(again.status == 201 && again.json == first.json, "\(again.text)")
                #expect(again.headers[.idempotencyReplayed] == "true")
            }
            #expect(try await server.census() == stored)
            #expect(try await Self.send(owner, "report", key: "K", to: route).json["id"] != first.json["id"])
        }
    }

    @Test("of two at once one is stored, and both are answered with it", arguments: routes)
    func twoAtOnce(route: String) async throws {
        try await withServer { server in
            let owner = try await server.owner()
            for round in 1...20 {
                let answers = try await twice { _ in try await Self.send(owner, "report", key: "\(round)", to: route) }
                #expect(answers.map(\.status) == [201, 201])
                #expect(answers[0].json == answers[1].json)
                #expect(Set(answers.map { $0.headers[.idempotencyReplayed] }) == [nil, "true"])
            }
            let census = try await server.census()
            #expect([census.attachments, census.blobs, census.blobFiles, census.doomed] == [20, 1, 1, 0])
            #expect(census.messages == (route == "upload" ? 20 : 0))
        }
    }

    @Test("another file, name, text or route under a key is no repeat: 422, and nothing is stored")
    func usedOtherwise() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            _ = try await Self.send(owner, "report", key: "k", to: "upload")
            let stored = try await server.census()
            let withText = Form(.channel(owner.channel), .text("look"), .file(Array("report".utf8), "a.txt"))
            let others = [
                try await Self.send(owner, "other", key: "k", to: "upload"),
                try await Self.send(owner, "report", key: "k", to: "upload", name: "b.txt"),
                try await Self.send(owner, "report", key: "k", to: "store"),
                try await owner.send(withText, to: "upload", [Self.key: "k"]),
            ]
            #expect(others.map(\.status) == [422, 422, 422, 422])
            #expect(try await server.census() == stored)
        }
    }

    @Test("a key belongs to a sender in a channel")
    func scope() async throws {
        try await withServer { server in
            let (person, owner) = try await server.pair()
            let other = try await server.owner("ada@example.org")
            let form = Form(.channel(owner.channel), .file(Array("report".utf8), "a.txt"))
            let byPerson = try await server.send(
                .post,
                "/api/files/store",
                [.authorization: "Bearer \(person.token)", .contentType: form.contentType, Self.key: "k"],
                body: form.body
            )
            let answers = [
                byPerson,
                try await Self.send(owner, "report", key: "k", to: "store"),
                try await Self.send(other, "report", key: "k", to: "store"),
            ]
            #expect(answers.map(\.status) == [201, 201, 201])
            #expect(Set(answers.map { $0.json["id"]?.text }).count == 3)
            #expect(answers.allSatisfy { $0.headers[.idempotencyReplayed] == nil })
        }
    }

    @Test("a repeat does not bring back a file that was deleted: 409")
    func deleted() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let id = try #require(try await Self.send(owner, "report", key: "k", to: "store").json["id"]?.text)
            #expect(try await owner.send(.delete, "/api/v1/files/\(id)").status == 200)
            #expect(try await Self.send(owner, "report", key: "k", to: "store").status == 409)
            #expect(try await server.census().attachments == 0)
        }
    }

    @Test(
        "a key is 1 to 255 visible ASCII characters, or the upload is refused",
        arguments: [
            "", " ", "a b", "é", #"""#, #""""#, #""a"#, #""a"b""#, #""a";p=1"#, String(repeating: "k", count: 256),
        ]
    )
    func malformed(key: String) async throws {
        try await withServer { server in
            let owner = try await server.owner()
            for route in Self.routes {
                let answer = try await Self.send(owner, "report", key: key, to: route)
                #expect(answer.status == 400 && answer.faults == ["Idempotency-Key"], "\(answer.text)")
            }
            let longest = String(repeating: "k", count: 255)
            #expect(try await Self.send(owner, "report", key: longest, to: "store").status == 201)
        }
    }
}
