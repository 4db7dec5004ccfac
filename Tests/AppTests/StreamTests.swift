import App
import HTTP
import HTTPTypes
import Index
import JSON
import NIOCore
import Testing

extension Owner {
    func patch(_ path: String, _ members: String) async throws -> Answer {
        let body = ByteBuffer(string: #"{"channelId":"\#(channel)",\#(members)}"#)
        return try await send(.patch, "/api/v1/\(path)", [.contentType: "application/json"], body: body)
    }
}

@Suite("Streamed drafts")
struct StreamTests {
    @Test("a draft takes the whole text so far until it is complete; then only a repeat of its end is taken")
    func draft() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            #expect(try await owner.patch("messages/streams/s", #""text":"a""#).status == 404)
            let draft = try await owner.post(#""text":"He","streamId":"s""#)
            #expect(draft.status == 201 && draft.json["streamState"] == .string("streaming"))
            let more = try await owner.patch("messages/streams/s", #""text":"Hello""#)
            #expect(more.json["text"] == .string("Hello") && more.json["id"] == draft.json["id"])
            let end = #""text":"Hello!","complete":true"#
            for _ in 1...2 {
                let done = try await owner.patch("messages/streams/s", end)
                #expect(done.status == 200 && done.json["streamState"] == .string("complete"))
            }
            #expect(try await owner.patch("messages/streams/s", #""text":"Hello, you","complete":true"#).status == 409)
            #expect(
                try await owner.patch("messages/streams/s", #""text":"Hello!","streamState":"aborted""#).status == 409
            )
            #expect(try await owner.get("messages", "&search=hello!").json["data"]?.elements.count == 1)
        }
    }

    @Test("a repeat of the draft answers the draft; with streamState aborted it aborts one that is streaming, once")
    func repeated() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let first = try await owner.post(#""text":"a","streamId":"s","clientId":"c""#).json
            #expect(try await owner.post(#""text":"b","streamId":"s""#).json == first)
            let aborted = try await owner.post(#""text":"a","clientId":"c","streamId":"s","streamState":"aborted""#)
            #expect(aborted.status == 201 && aborted.json["id"] == first["id"])
            #expect(aborted.json["streamState"] == .string("aborted") && aborted.json["text"] == .string("a"))
            #expect(try await owner.post(#""text":"a","streamId":"s""#).json == aborted.json)
            #expect(try await owner.patch("messages/streams/s", #""text":"b""#).status == 409)
            #expect(try await server.census().messages == 1)
        }
    }

    @Test("status events are numbered from 0, also before the draft is there, stand in lists, and go with the draft")
    func events() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            for (number, text) in ["reading", "thinking"].enumerated() {
                let json = #"{"channelId":"\#(owner.channel)","text":"\#(text)","toolHint":"grep"}"#
                let event = try await owner.send(json: json, to: "/api/v1/messages/streams/s/status")
                #expect(event.status == 201 && event.json["index"] == .integer(Int64(number)))
            }
            let id = try #require(try await owner.post(#""text":"a","streamId":"s""#).json["id"]?.text)
            _ = try await owner.post(#""text":"no stream""#)
            let list = try await owner.get("messages").json["data"]?.elements
            #expect(
                list?.map { $0["statusEvents"]?.elements.compactMap { $0["text"]?.text } } == [
                    [], ["reading", "thinking"],
                ]
            )
            #expect(try await owner.send(.delete, "/api/v1/messages/\(id)?channel=\(owner.channel)").status == 200)
            _ = try await owner.post(#""text":"b","streamId":"s""#)
            #expect(try await owner.get("messages").json["data"]?.elements.first?["statusEvents"] == .array([]))
        }
    }

    @Test("a stream may have any name: the path has it percent-encoded")
    func names() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            #expect(try await owner.post(#""text":"a","streamId":"run 1/ü%""#).status == 201)
            let path = "messages/streams/run%201%2F%C3%BC%25"
            #expect(try await owner.patch(path, #""text":"b""#).json["streamId"] == .string("run 1/ü%"))
            let json = #"{"channelId":"\#(owner.channel)","text":"reading"}"#
            #expect(try await owner.send(json: json, to: "/api/v1/\(path)/status").status == 201)
            #expect(
                try await owner.get("messages").json["data"]?.elements.first?["statusEvents"]?.elements.count == 1
            )
            for name in ["a%00b", "a%ffb", String(repeating: "a", count: 501)] {
                #expect(
                    try await owner.patch("messages/streams/\(name)", #""text":"b""#).faults == ["streamId"],
                    "\(name)"
                )
            }
        }
    }

    @Test("a stream takes a thousand status events, and 409 after that")
    func manyEvents() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            try await server.assembly.index.write { tx in
                for number in 0..<StreamEvent.maxPerStream {
                    let id = "\(number)"
                    let event = try tx.insertStreamEvent(
                        id: id,
                        channelID: owner.channel,
                        streamID: "s",
                        text: "a",
                        toolHint: nil
                    )
                    #expect(event?.number == number)
                }
            }
            let json = #"{"channelId":"\#(owner.channel)","text":"one more"}"#
            #expect(try await owner.send(json: json, to: "/api/v1/messages/streams/s/status").status == 409)
            #expect(try await owner.send(json: json, to: "/api/v1/messages/streams/t/status").status == 201)
        }
    }

    @Test("a draft that nobody writes to is aborted after five minutes, and not before; a status event counts as life")
    func idle() async throws {
        try await withServer { server in
            let (owner, index) = (try await server.owner(), server.assembly.index)
            let id = try #require(try await owner.post(#""text":"a","streamId":"s""#).json["id"]?.text)
            let updated = try #require(try await index.read { try $0.message(id: id)?.updatedAt })
            let idleTime = Duration.seconds(300)
            #expect(try await index.read { try $0.nextIdleDraft(after: idleTime) } == updated + idleTime)
            try await index.write { tx in try tx.abortIdleDrafts(after: idleTime, limit: 10) }
            #expect(try await index.read { try $0.message(id: id)?.streamState } == .streaming)
            try await index.write { tx in try tx.abortIdleDrafts(after: .zero, limit: 10) }
            #expect(try await index.read { try $0.message(id: id)?.streamState } == .aborted)
            #expect(try await index.read { try $0.nextIdleDraft(after: idleTime) } == nil)
        }
    }

    @Test("streamState without a streamId, unknown states and wrong types are 400")
    func refused() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            for (members, fault) in [
                (#""text":"a","streamState":"streaming""#, "streamId"), (#""text":"a","streamId":"""#, "streamId"),
                (#""text":"a","streamId":"s","streamState":"done""#, "streamState"),
                (#""text":"a","streamId":3"#, "streamId"),
            ] {
                #expect(try await owner.post(members).faults == [fault], "\(members)")
            }
            for members in [#""text":3"#, #""complete":true"#, #""text":"a","complete":"yes""#] {
                #expect(try await owner.patch("messages/streams/s", members).status == 400, "\(members)")
            }
        }
    }
}

@Suite("Texts in messages")
struct TextAttachmentTests {
    @Test("text attachments come with the message, their content in the answer; equal bytes are stored once")
    func together() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let texts =
                #""textAttachments":[{"content":"*Log*"},{"content":"*Log*","filename":"b.md"},{"content":"a,b","filename":"t.csv","mimeType":"text/csv"}]"#
            let sent = try await owner.post(texts)
            #expect(sent.status == 201, "\(sent.text)")
            let files = try #require(sent.json["attachments"]?.elements)
            #expect(files.map { $0["filename"]?.text } == ["content.md", "b.md", "t.csv"])
            #expect(files.map { $0["mimeType"]?.text } == ["text/markdown", "text/markdown", "text/csv"])
            #expect(files.map { $0["textContent"]?.text } == ["*Log*", "*Log*", "a,b"])
            #expect(files.allSatisfy { $0["messageId"] == sent.json["id"] && $0["expiresAt"] == .null })
            #expect(try await server.census() == Census(attachments: 3, messages: 1, blobs: 2, blobFiles: 2))
            let id = try #require(files[2]["id"]?.text)
            #expect(try await owner.download(id).text == "a,b")
        }
    }

    @Test("what is refused, repeated or somebody else's leaves no bytes behind")
    func nothingLeft() async throws {
        try await withServer { server in
            let (owner, stranger) = (try await server.owner(), try await server.owner("eve@example.org"))
            let text = #""textAttachments":[{"content":"secret"}]"#
            #expect(try await owner.post(text + #","attachmentIds":["nope"]"#).status == 400)
            #expect(try await owner.post(text + #","iterationOf":"nope""#).status == 400)
            let foreign = try await stranger.send(
                json: #"{"channelId":"\#(owner.channel)",\#(text)}"#,
                to: "/api/v1/messages"
            )
            #expect(foreign.status == 403)
            for bad in [#"[{}]"#, #"[{"content":""}]"#, #"["a"]"#, #"{}"#, #"[{"content":"a","filename":3}]"#] {
                #expect(try await owner.post(#""textAttachments":\#(bad)"#).status == 400, "\(bad)")
            }
            #expect(try await server.census() == Census())

            let first = try await owner.post(#""clientId":"c",\#(text)"#)
            let repeated = try await owner.post(#""clientId":"c","textAttachments":[{"content":"other"}]"#)
            #expect(repeated.status == 201 && repeated.json == first.json)
            #expect(try await server.census() == Census(attachments: 1, messages: 1, blobs: 1, blobFiles: 1))
        }
    }

    @Test("textContent is for small Markdown, plain, HTML and CSV text, and only where the contract has it")
    func inlineTexts() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let small = String(repeating: "a", count: 65_536)
            let cases: [([UInt8], String, String?)] = [
                (Array(small.utf8), "a.txt", small), (Array((small + "a").utf8), "b.txt", nil),
                (Array("{}".utf8), "c.json", nil), (Array("<p>a</p>".utf8), "d.html", "<p>a</p>"),
                ([0xC4, 0x72, 0x67, 0x65, 0x72, 0x0A], "e.txt", "Ärger\n"), ([0x89, 0x50, 0x4E, 0x47], "f.png", nil),
            ]
            for (bytes, name, text) in cases {
                let id = try #require(try await owner.store(bytes, name)["id"]?.text)
                let sent = try await owner.post(#""attachmentIds":["\#(id)"]"#)
                #expect(sent.json["attachments"]?.elements.first?["textContent"]?.text == text, "\(name)")
                let messageID = try #require(sent.json["id"]?.text)
                let read = try await owner.get("messages/\(messageID)")
                #expect(read.json["attachments"]?.elements.first?.names.contains("textContent") == false)
            }
            let id = try await owner.ask(#","textAttachments":[{"content":"log"}]"#)
            _ = try await server.assembly.index.write { tx in try tx.complete(reviewOf: id, responseJSON: "{}") }
            let waited = try await owner.get("reviews/\(id)/wait")
            #expect(waited.json["message"]?["attachments"]?.elements.first?["textContent"] == .string("log"))
        }
    }
}
