import App
import HTTP
import HTTPTypes
import Index
import JSON
import TestSupport
import Testing

@Suite("Messages")
struct MessageTests {
    @Test("a message comes back as it was sent, free maps exactly")
    func roundTrip() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let metadata = #"{"n":3,"x":2.3,"t":true,"deep":{"list":[null,"a"]}}"#
            let sent = try await owner.post(#""text":"**Built**","status":"success","metadata":\#(metadata)"#)
            #expect(sent.status == 201)
            let expected = try JSONValue(text: metadata)
            #expect(sent.json["metadata"] == expected)
            #expect(sent.json["senderType"] == .string("agent"))
            #expect(sent.json["senderId"] == .string(owner.channel))
            #expect(sent.json["review"] == .null)
            let id = try #require(sent.json["id"]?.text)
            #expect(try await owner.get("messages/\(id)").json == sent.json)
        }
    }

    @Test("a large message, which is read and written elsewhere, is the same as a small one in every answer")
    func large() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let text = String(repeating: "é\\n", count: 40_000)
            let sent = try await owner.post(#""text":"\#(text)","review":{"type":"approval"}"#)
            #expect(sent.status == 201)
            let id = try #require(sent.json["id"]?.text)
            #expect(sent.json["text"]?.text?.unicodeScalars.count == 80_000)
            for path in ["messages/\(id)", "reviews/\(id)"] {
                #expect(try await owner.get(path).json == sent.json, "\(path)")
            }
            #expect(try await owner.get("messages").json["data"]?.elements.first?["text"] == sent.json["text"])
            let answered = try await server.command(.post, "reviews/\(id)/respond", #"{"response":{"a":"b"}}"#)
            #expect(answered.status == 201 && answered.json["text"] == sent.json["text"])
            let waited = try await owner.get("reviews/\(id)/wait").json
            #expect(waited["status"] == .string("completed") && waited["message"]?["text"] == sent.json["text"])
        }
    }

    @Test("free maps keep every digit and every name, in every answer and to the webhook's event")
    func exactMaps() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let map =
                "{\"a\":[18446744073709551615,0.12345678901234567890,1e-400,-0.0,1.0,1e2],"
                + "\"e\u{301}\":1,\"plugin\":\"diff\",\"\u{e9}\":2}"
            let review = #"{"type":"freeform","payload":\#(map),"callback":{"url":"https://h","x":1.0}}"#
            let sent = try await owner.post(#""text":"a","metadata":\#(map),"review":\#(review)"#)
            #expect(sent.status == 201, "\(sent.text)")
            let id = try #require(sent.json["id"]?.text)
            let respond = #"{"response":\#(map)}"#
            #expect(try await server.command(.post, "reviews/\(id)/respond", respond).status == 201)
            let answers = [
                try await owner.get("messages/\(id)"), try await owner.get("messages"),
                try await owner.get("reviews/\(id)/wait"), try await owner.get("answers"),
            ]
            for answer in [sent] + answers {
                for name in answer.text == sent.text ? ["metadata", "payload"] : ["metadata", "payload", "response"] {
                    #expect(exactly("\"\(name)\":\(map)", isIn: answer.text), "\(name): \(answer.text)")
                }
                #expect(answer.text.contains(#""callback":{"url":"https://h","x":1.0}"#))
            }
        }
    }

    /// Compares bytes: to Swift's strings é is é.
    private func exactly(_ part: String, isIn text: String) -> Bool {
        Array(text.utf8).firstRange(of: Array(part.utf8)) != nil
    }

    @Test("the plugin of a payload is copied to metadata without changing anything else in it")
    func copiedPlugin() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let review = #"{"type":"freeform","payload":{"plugin":"diff"}}"#
            let map = "{\"e\u{301}\":1.0,\"\u{e9}\":18446744073709551615}"
            let sent = try await owner.post(#""metadata":\#(map),"review":\#(review)"#)
            let expected = "{\"e\u{301}\":1.0,\"plugin\":\"diff\",\"\u{e9}\":18446744073709551615}"
            #expect(exactly("\"metadata\":\(expected)", isIn: sent.text), "\(sent.text)")
        }
    }

    @Test("nothing to send, or a wrong field, is 400 with its path, and nothing is stored")
    func refused() async throws {
        let cases: [(String, String?)] = [
            (#""text":"""#, nil), (#""metadata":{}"#, nil), (#""text":3"#, "text"), (#""status":"ok""#, "status"),
            (#""text":"a","metadata":[]"#, "metadata"), (#""text":"a\u0000""#, "text"),
            (#""text":"a","webhookUrl":"ftp://x""#, "webhookUrl"), (#""attachmentIds":"x""#, "attachmentIds"),
            (#""attachmentIds":["nope"]"#, "attachmentIds"), (#""text":"a","iterationOf":"nope""#, "iterationOf"),
            (#""review":{}"#, "review"), (#""review":{"type":"a","expiresInSeconds":0}"#, "review"),
            (#""review":{"type":"a","expiresInSeconds":"60"}"#, "review"),
            (#""review":{"type":"a","expiresAt":"2001-01-01T00:00:00.000Z"}"#, "review"),
            (#""review":{"type":"a","callback":{}}"#, "review"),
            (#""review":{"type":"a","callback":{"url":"file:///a"}}"#, "review"),
            (#""review":{"type":"a","callback":{"url":"https://h","method":"DELETE"}}"#, "review"),
            (#""review":{"type":"a","callback":{"url":"https://h","headers":{"a":1}}}"#, "review"),
            (#""review":{"type":"a","callback":{"url":"https://u:p@h"}}"#, "review"),
            (#""review":{"type":"a","callback":{"url":"https://h","headers":{"a":"Bearer sk\n"}}}"#, "review"),
            (#""webhookUrl":"https://h:0/""#, "webhookUrl"),
            (#""review":{"type":"a","expiresInSeconds":60,"expiresAt":"soon"}"#, "review"),
        ]
        try await withServer { server in
            let owner = try await server.owner()
            for (members, fault) in cases {
                let answer = try await owner.post(members)
                #expect(answer.status == 400, "\(members): \(answer.text)")
                if let fault { #expect(answer.faults.first == fault, "\(members)") }
            }
            #expect(try await server.census().messages == 0)
        }
    }

    @Test("a clientId is the sender's: an agent's and a user's are two, and a repeat is told by a header")
    func clientIDOfEach() async throws {
        try await withServer { server in
            let (person, owner) = try await server.pair()
            let ask = #""text":"Deploy?","clientId":"c","review":{"type":"approval"}"#
            let said = #"{"channelId":"\#(owner.channel)","text":"human","clientId":"c"}"#
            let first = try await person.send(.post, "messages", said)
            let question = try await owner.post(ask)
            #expect([first.status, question.status] == [201, 201])
            #expect(question.json["senderType"] == .string("agent") && question.json["text"] == .string("Deploy?"))
            #expect(first.headers[.idempotencyReplayed] == nil && question.headers[.idempotencyReplayed] == nil)
            let repeats = [try await person.send(.post, "messages", said), try await owner.post(ask)]
            #expect(repeats.map(\.json["id"]) == [first.json["id"], question.json["id"]])
            #expect(repeats.map(\.status) == [201, 201])
            #expect(repeats.map { $0.headers[.idempotencyReplayed] } == ["true", "true"])
            #expect(try await server.census().messages == 2)
        }
    }

    @Test("of 20 repeats of a clientId at once one is stored, and all are answered with it")
    func idempotent() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let ids = try await withThrowingTaskGroup(of: String?.self) { group in
                for number in 0..<20 {
                    group.addTask { try await owner.post(#""text":"\#(number)","clientId":"c""#).json["id"]?.text }
                }
                return try await group.reduce(into: Set<String?>()) { $0.insert($1) }
            }
            #expect(ids.count == 1 && !ids.contains(nil))
            #expect(try await server.census().messages == 1)
        }
    }

    @Test("a stored file belongs to one message for good, and goes with it")
    func attachments() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let file = try await owner.storedID("log")
            let sent = try await owner.post(#""attachmentIds":["\#(file)","\#(file)"]"#)
            let id = try #require(sent.json["id"]?.text)
            #expect(sent.json["attachments"]?.elements.map { $0["messageId"] } == [.string(id)])
            #expect(try await owner.post(#""attachmentIds":["\#(file)"]"#).status == 400)
            #expect(try await owner.send(.delete, "/api/v1/messages/\(id)?channel=\(owner.channel)").status == 200)
            #expect(try await owner.download(file).status == 404)
            #expect(try await owner.get("messages/\(id)").status == 404)
        }
    }

    @Test("lists are searched by part of the text, without regard to case, every sign literally")
    func search() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            for text in ["100% done", "100 done", "Größe", "a_b", "1+1"] {
                _ = try await owner.post(#""text":"\#(text)""#)
            }
            for (term, found) in [
                ("0%25", 1), ("DONE", 2), ("GRÖSSE", 0), ("grö", 1), ("_", 1), ("", 5), ("100+done", 1), ("1%2B1", 1),
                ("1+1", 0),
            ] {
                let page = try await owner.get("messages", "&search=\(term)").json["data"]?.elements
                #expect(page?.count == found, "\(term)")
            }
        }
    }
}
