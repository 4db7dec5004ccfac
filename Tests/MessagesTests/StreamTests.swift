import App
import HTTP
import HTTPTypes
import Index
import JSON
import NIOCore
import TestSupport
import Testing

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

    @Test("an aborting POST brings the text of its end; without one the draft keeps its own, and an ended one both")
    func abortedWithText() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            for (stream, members, text) in [("s", #","text":"Stopped at 3""#, "Stopped at 3"), ("t", "", "so far")] {
                _ = try await owner.post(#""text":"so far","streamId":"\#(stream)""#)
                for members in [members, #","text":"too late""#] {
                    let end = #""status":"error","streamId":"\#(stream)","streamState":"aborted"\#(members)"#
                    let aborted = try await owner.post(end)
                    #expect(aborted.status == 201 && aborted.json["streamState"] == .string("aborted"))
                    #expect(aborted.json["text"] == .string(text))
                }
            }
        }
    }

    @Test("status events are numbered from 0, also before the draft is there, stand in lists, and go with the draft")
    func events() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            for (number, text) in ["reading", "thinking"].enumerated() {
                let json = #"{"channelId":"\#(owner.channel)","text":"\#(text)","toolHint":true}"#
                let event = try await owner.send(json: json, to: "/api/v1/messages/streams/s/status")
                #expect(event.status == 201 && event.json["index"] == .integer(Int64(number)))
                #expect(event.json["toolHint"] == .bool(true))
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

    @Test("a message has the last twenty of its status events with it; their index tells that there are earlier ones")
    func shownEvents() async throws {
        try await withServer { server in
            let (ada, agent) = try await server.pair()
            for number in 0..<StreamEvent.maxShown + 3 {
                let json = #"{"channelId":"\#(agent.channel)","text":"step \#(number)"}"#
                #expect(try await agent.send(json: json, to: "/api/v1/messages/streams/s/status").status == 201)
            }
            let id = try #require(try await agent.post(#""text":"a","streamId":"s""#).json["id"]?.text)
            let reads = [
                try await agent.get("messages").json["data"]?.elements.first,
                try await agent.get("messages/iterations/\(id)").json["iterations"]?.elements.first,
                try await ada.send(.get, "messages/\(id)").json,
            ]
            for read in reads {
                let shown = read?["statusEvents"]?.elements.compactMap { $0["index"] }
                #expect(shown == (3..<StreamEvent.maxShown + 3).map { .integer(Int64($0)) })
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
                        id: StreamEvent.ID(id),
                        in: tx.owned(owner.channel),
                        streamID: "s",
                        text: "a",
                        toolHint: false
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
            let updated = try #require(
                try await index.read { try $0.anyMessage(id: Message.ID(id))?.message.updatedAt }
            )
            let idleTime = Duration.seconds(300)
            #expect(try await index.read { try $0.nextIdleDraft(after: idleTime) } == updated + idleTime)
            try await index.write { tx in try tx.abortIdleDrafts(after: idleTime, limit: 10) }
            #expect(try await index.read { try $0.anyMessage(id: Message.ID(id))?.message.streamState } == .streaming)
            try await index.write { tx in try tx.abortIdleDrafts(after: .zero, limit: 10) }
            #expect(try await index.read { try $0.anyMessage(id: Message.ID(id))?.message.streamState } == .aborted)
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
            for hint in [#""grep""#, "1", "null"] {
                let json = #"{"channelId":"\#(owner.channel)","text":"a","toolHint":\#(hint)}"#
                let event = try await owner.send(json: json, to: "/api/v1/messages/streams/s/status")
                #expect(event.faults == ["toolHint"], "\(hint)")
            }
            for members in [#""text":3"#, #""complete":true"#, #""text":"a","complete":"yes""#] {
                #expect(try await owner.patch("messages/streams/s", members).status == 400, "\(members)")
            }
        }
    }
}
