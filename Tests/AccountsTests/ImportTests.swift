import App
import Foundation
import HTTP
import HTTPTypes
import Index
import JSON
import NIOCore
import TestSupport
import Testing

@Suite("Channels and keys of another server")
struct ImportTests {
    private static let key = "hp_of-the-published-server-0123456789"

    private func send(_ server: TestServer, _ lines: String..., dryRun: Bool = false) async throws -> HTTPReply {
        let body = JSONValue.object([
            "lines": .string(lines.joined(separator: "\n")), "dryRun": .bool(dryRun),
        ])
        return try await server.command(.post, "import", body.encoded())
    }

    private static func counts(channels: (Int64, Int64), keys: (Int64, Int64)) -> JSONValue {
        func count(_ pair: (Int64, Int64)) -> JSONValue {
            .object(["added": .integer(pair.0), "unchanged": .integer(pair.1)])
        }
        return .object(["channels": count(channels), "keys": count(keys)])
    }

    private static func keyLine(_ key: String, _ more: String = "") -> String {
        let hash = Secret(key, .apiKey)?.hash.map { String(format: "%02x", $0) }.joined() ?? ""
        return #"{"type":"key","label":"old","sha256":"\#(hash)"\#(more)}"#
    }

    @Test("an agent goes on with the key and the channel that it had; the same file changes nothing any more")
    func imported() async throws {
        try await withServer { server in
            let channel = """
                {"type":"channel","id":"clx0_a.b~C-1","name":"Old bot","description":"d","avatarUrl":null,"tag":"ci",\
                "webhook":{"url":"https://h.example/","auth":{"username":"u","password":"p"}},"status":"ignored"}
                """
            let key = Self.keyLine(Self.key, #","prefix":"hp_of-the-published""#)
            let first = try await send(server, channel, "", key, "\r", "")
            #expect(first.status == 200 && first.json == Self.counts(channels: (1, 0), keys: (1, 0)), "\(first.text)")

            func asAgent(_ method: HTTPRequest.Method, _ path: String, _ json: String? = nil) async throws -> HTTPReply
            {
                try await server.send(method, path, [.apiKey: Self.key], body: json.map { ByteBuffer(string: $0) })
            }
            let agent = try #require(try await asAgent(.get, "/api/v1/agents").json.elements.first)
            #expect(agent["id"] == .string("clx0_a.b~C-1") && agent["name"] == .string("Old bot"))
            #expect(agent["webhookAuth"]?["username"] == .string("u") && agent["tag"] == .string("ci"))
            let shown = try await server.command(.get, "keys").json.elements.first?["keyPrefix"]
            #expect(shown == .string("hp_of-the-p"))

            let again = try await send(server, key, channel.replacing("Old bot", with: "Another name"))
            #expect(again.json == Self.counts(channels: (0, 1), keys: (0, 1)))
            #expect(try await asAgent(.get, "/api/v1/agents").json.elements == [agent])
        }
    }

    @Test("a channel with an id of another kind does what a channel does: messages, paging, search, files, deletion")
    func oddID() async throws {
        try await withServer { server in
            let id = "~zz.~" + String(repeating: "z", count: 495)
            #expect(try await send(server, #"{"type":"channel","id":"\#(id)","name":"n"}"#).status == 200)
            var owner = try await server.owner()
            owner.channel = id
            for number in 0..<5 { _ = try await owner.post(#""text":"needle \#(number)""#) }
            let first = try await owner.get("messages", "&limit=3&search=needle").json
            #expect(first["data"]?.elements.map { $0["text"]?.text } == ["needle 4", "needle 3", "needle 2"])
            let cursor = try #require(first["nextCursor"]?.text)
            let rest = try await owner.get("messages", "&limit=3&search=needle&cursor=\(cursor)").json
            #expect(rest["data"]?.elements.count == 2 && rest["nextCursor"] == .null)
            let question = try await owner.ask()
            #expect(try await owner.get("reviews/\(question)").status == 200)
            let file = try await owner.storedID("bytes")
            #expect(try await owner.download(file).text == "bytes")
            #expect(try await owner.send(.patch, "/api/v1/agents/\(id)", body: ByteBuffer(string: "{}")).status == 200)
            #expect(try await owner.send(.delete, "/api/v1/agents/\(id)").status == 200)
            // Its id is free again when its rows are gone.
            let line = #"{"type":"channel","id":"\#(id)","name":"n"}"#
            let early = try await send(server, line)
            #expect(early.status == 409 && early.message.hasPrefix("Line 1: id: "), "\(early.text)")
            for _ in 0..<5 {
                try await server.assembly.index.write { tx in try tx.removeDeletedAgents(limit: 100) }
            }
            #expect(try await send(server, line).status == 200)
        }
    }

    private static let wrong: [(String, String)] = [
        ("{", "not valid JSON"), ("[]", "a JSON object"), ("{}", "type: is required"),
        (#"{"type":"message"}"#, "type: must be one of"), (#"{"type":"channel","id":"a"}"#, "name: is required"),
        (#"{"type":"channel","name":"n"}"#, "id: is required"),
        (#"{"type":"channel","id":"a/b","name":"n"}"#, "id: must consist"),
        (#"{"type":"channel","id":"..","name":"n"}"#, "id: must consist"),
        (#"{"type":"channel","id":"é","name":"n"}"#, "id: must consist"),
        (#"{"type":"channel","id":"","name":"n"}"#, "id: "),
        (#"{"type":"channel","id":"a","name":"n","webhook":{"url":"ftp://x"}}"#, "webhook.url: "),
        (#"{"type":"channel","id":"a","name":"n","user":"nobody@x.org"}"#, "user: nobody"),
        (#"{"type":"key","label":"l"}"#, "sha256: is required"),
        (#"{"type":"key","label":"l","sha256":"abc"}"#, "sha256: must be 64"),
        (keyLine(key).replacing(#""old""#, with: #""""#), "label: "),
        (keyLine(key, #","prefix":"sk_1234""#), "prefix: "),
        (keyLine(key, #","user":3"#), "user: must be a string"),
        (keyLine(key, #","scope":["read"]"#), "scope: is unknown here"),
    ]

    @Test("all lines or none; the refusal names the line and what is wrong with it", arguments: wrong)
    func refused(line: String, problem: String) async throws {
        try await withServer { server in
            let good = #"{"type":"channel","id":"good","name":"n"}"#
            let answer = try await send(server, good, "", line)
            #expect(answer.status == 400)
            #expect(answer.message.hasPrefix("Line 3: ") && answer.message.contains(problem), "\(answer.text)")
            #expect(answer.message.hasSuffix("nothing was imported"))
            #expect(try await send(server, good).json == Self.counts(channels: (1, 0), keys: (0, 0)))
        }
    }

    @Test("what belongs to another user is refused, and stays theirs")
    func anotherUsers() async throws {
        try await withServer { server in
            let eve = try await server.owner("eve@example.org")
            let channel = #"{"type":"channel","id":"\#(eve.channel)","name":"n"}"#
            for line in [channel, Self.keyLine(eve.key)] {
                let answer = try await send(server, #"{"type":"channel","id":"good","name":"n"}"#, line)
                #expect(answer.status == 409 && answer.message.hasPrefix("Line 2: "), "\(answer.text)")
            }
            let hers = try await send(server, channel.replacing(#""name""#, with: #""user":"EVE@example.org","name""#))
            #expect(hers.json == Self.counts(channels: (0, 1), keys: (0, 0)))
            #expect(try await eve.get("messages").status == 200)
        }
    }

    @Test("a dry run says what would be, and stores nothing")
    func dryRun() async throws {
        try await withServer { server in
            let lines = #"{"type":"channel","id":"a","name":"n"}"# + "\n" + Self.keyLine(Self.key)
            for _ in 0..<2 {
                let trial = try await send(server, lines, dryRun: true)
                #expect(trial.json == Self.counts(channels: (1, 0), keys: (1, 0)))
            }
            #expect(try await send(server, lines, "{}", dryRun: true).status == 400)
            #expect(try await server.command(.get, "keys").json.elements.isEmpty)
        }
    }

    @Test("an empty file and one of more than 10 000 lines are refused")
    func size() async throws {
        try await withServer { server async throws in
            #expect(try await send(server, "\n \n").status == 400)
            let many = (0...10_000).map { #"{"type":"channel","id":"c\#($0)","name":"n"}"# }.joined(separator: "\n")
            #expect(try await send(server, many).message.contains("1 to 10000"))
        }
    }
}

extension HTTPReply {
    fileprivate var message: String { json["message"]?.text ?? "" }
}
