import API
import CAssets
import HTTP
import HTTPTypes
import JSON
import NIOCore
import TestSupport
import Testing

extension HTTPField.Name {
    fileprivate static let version = HTTPField.Name("mcp-protocol-version")!
    fileprivate static let method = HTTPField.Name("mcp-method")!
    fileprivate static let name = HTTPField.Name("mcp-name")!
}

extension Owner {
    /// Sends one message as a client of the handshake era.
    fileprivate func rpc(_ text: String, _ headers: HTTPFields = [:]) async throws -> HTTPReply {
        var headers = headers
        headers[.contentType] = "application/json"
        return try await send(.post, "/mcp", headers, body: ByteBuffer(string: text))
    }

    /// Calls a tool, and gives its result.
    fileprivate func call(_ tool: String, _ arguments: String = "{}") async throws -> JSONValue {
        let params = #"{"name":"\#(tool)","arguments":\#(arguments)}"#
        let reply = try await rpc(#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":\#(params)}"#)
        #expect(reply.status == 200, "\(reply.text)")
        return try #require(reply.json["result"], "\(reply.text)")
    }

    /// Sends one message as a client of revision 2026-07-28.
    ///
    /// - Parameters:
    ///   - params: members, each with a comma behind it.
    ///   - change: of the header lines that go with it.
    fileprivate func stateless(
        _ method: String,
        _ params: String = "",
        name: String? = nil,
        tasks: Bool = false,
        version: String = "2026-07-28",
        _ change: (inout HTTPFields) -> Void = { _ in }
    ) async throws -> HTTPReply {
        let can = tasks ? #"{"extensions":{"io.modelcontextprotocol/tasks":{}}}"# : "{}"
        let prefix = "io.modelcontextprotocol"
        let meta = #"{"\#(prefix)/protocolVersion":"\#(version)","\#(prefix)/clientCapabilities":\#(can)}"#
        var headers: HTTPFields = [.version: version, .method: method]
        headers[.name] = name
        change(&headers)
        let text = #"{"jsonrpc":"2.0","id":"a","method":"\#(method)","params":{\#(params)"_meta":\#(meta)}}"#
        return try await rpc(text, headers)
    }
}

extension JSONValue {
    fileprivate var structured: JSONValue { self["structuredContent"] ?? .null }
    fileprivate var said: String { self["content"]?.elements.first?["text"]?.text ?? "" }
    fileprivate var code: Int64? {
        if case .integer(let code)? = self["error"]?["code"] { code } else { nil }
    }
}

@Suite("The Model Context Protocol")
struct MCPTests {
    // MARK: Messages

    @Test("a handshake names a revision that both know, never the one without handshakes")
    func handshake() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            for (asked, agreed) in [
                "2025-06-18": "2025-06-18", "2025-03-26": "2025-03-26", "1999-01-01": "2025-11-25",
                "2026-07-28": "2025-11-25",
            ] {
                let params = #"{"protocolVersion":"\#(asked)","capabilities":{},"clientInfo":{}}"#
                let reply = try await owner.rpc(
                    #"{"jsonrpc":"2.0","id":0,"method":"initialize","params":\#(params)}"#
                )
                #expect(reply.json["result"]?["protocolVersion"] == .string(agreed))
                #expect(reply.json["result"]?["resultType"] == nil && reply.json["id"] == .integer(0))
            }
            let told = try await owner.rpc(#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#)
            #expect(told.status == 202 && told.text.isEmpty)
            #expect(try await owner.rpc(#"{"jsonrpc":"2.0","id":3,"result":{}}"#).status == 202)
            let pong = try await owner.rpc(#"{"jsonrpc":"2.0","id":3,"method":"ping"}"#)
            #expect(pong.json["result"] == .object([:]))
        }
    }

    @Test("a request of revision 2026-07-28 is answered with all that its clients insist on")
    func discovery() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let found = try await owner.stateless("server/discover").json["result"] ?? .null
            #expect(found["supportedVersions"] == .array([.string("2026-07-28")]))
            #expect(found["capabilities"]?["extensions"]?["io.modelcontextprotocol/tasks"] == .object([:]))
            let list = try await owner.stateless("tools/list").json["result"] ?? .null
            for result in [found, list] {
                #expect(result["resultType"] == .string("complete") && result["cacheScope"] == .string("public"))
                #expect(result["ttlMs"] == .integer(300_000))
                #expect(result["_meta"]?["io.modelcontextprotocol/serverInfo"]?["name"] == .string("placet"))
            }
            let old = try await owner.rpc(#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#).json["result"]
            #expect(old == .object(["tools": list["tools"] ?? .null]))
        }
    }

    @Test("what is no message is refused as JSON-RPC says, with the id where it has one")
    func malformed() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            for (text, code, id) in [
                ("{", -32700, JSONValue.null), (#""a""#, -32600, .null), ("{}", -32600, .null), ("[]", -32600, .null),
                (#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#, -32600, .integer(1)),
                (#"{"jsonrpc":"2.0","id":1,"method":7}"#, -32600, .integer(1)),
                (#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, -32600, .null),
                (#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, -32600, .null),
                (#"{"jsonrpc":"2.0","id":"x","method":"ping","params":[]}"#, -32602, .string("x")),
            ] {
                let reply = try await owner.rpc(text)
                #expect(reply.status == 400 && reply.json.code == Int64(code), "\(text): \(reply.text)")
                #expect(reply.json["id"] == id, "\(text)")
            }
            let unknown = try await owner.rpc(#"{"jsonrpc":"2.0","id":1,"method":"resources/list"}"#)
            #expect(unknown.status == 200 && unknown.json.code == -32601)
            for params in [#"{"name":"nope"}"#, #"{"name":"ask","arguments":[]}"#, "{}"] {
                let reply = try await owner.rpc(#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":\#(params)}"#)
                #expect(reply.status == 200 && reply.json.code == -32602, "\(params)")
            }
        }
    }

    @Test("what the header says must be what the body says; the first thing wrong is told")
    func headers() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            func expect(_ status: Int, _ code: Int64?, _ reply: HTTPReply, _ what: Comment) {
                #expect(reply.status == status && reply.json.code == code, what)
                #expect(reply.json["id"] == .string("a"), what)
            }
            let list = "tools/list"
            expect(400, -32020, try await owner.stateless(list) { $0[.method] = nil }, "no method")
            expect(400, -32020, try await owner.stateless(list) { $0[.method] = "tools/call" }, "another method")
            expect(400, -32020, try await owner.stateless(list) { $0[.version] = nil }, "no version")
            expect(400, -32020, try await owner.stateless(list) { $0[.version] = "2025-11-25" }, "another version")
            expect(
                400,
                -32020,
                try await owner.stateless(list) { $0.append(HTTPField(name: .method, value: list)) },
                "twice"
            )
            expect(400, -32022, try await owner.stateless(list, version: "2030-01-01"), "a later version")
            expect(404, -32601, try await owner.stateless("initialize"), "a method of the other era")
            let call = #""name":"list_files","#
            expect(400, -32020, try await owner.stateless("tools/call", call), "no name")
            expect(400, -32020, try await owner.stateless("tools/call", call, name: "ask"), "another name")
            expect(200, nil, try await owner.stateless("tools/call", call, name: "list_files"), "right")
            expect(
                200,
                nil,
                try await owner.stateless("tools/call", call, name: "=?base64?bGlzdF9maWxlcw==?="),
                "Base64"
            )
            expect(400, -32602, try await owner.stateless("tools/call", #""name":"x","#, name: "x"), "an unknown tool")
            expect(400, -32021, try await owner.stateless("tasks/get", #""taskId":"x","#), "tasks not declared")
            expect(400, -32602, try await owner.stateless("tasks/get", #""taskId":"x","#, tasks: true), "no such task")

            let bare = #"{"jsonrpc":"2.0","id":"a","method":"tools/list"}"#
            expect(400, -32602, try await owner.rpc(bare, [.version: "2026-07-28"]), "no _meta")
        }
    }

    @Test("a batch is answered in one array, by clients of the one revision that has them")
    func batches() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let (ping, note) = (#"{"jsonrpc":"2.0","id":7,"method":"ping"}"#, #"{"jsonrpc":"2.0","method":"x"}"#)
            let both = try await owner.rpc("[\(ping),\(note),{}]")
            #expect(both.json.elements.map { $0["id"] } == [.integer(7), .null])
            #expect(try await owner.rpc("[\(note)]").status == 202)
            #expect(try await owner.rpc("[\(ping)]", [.version: "2025-06-18"]).json.code == -32600)
            // One that waited would hold up the others.
            let arguments = #"{"question":"?","channel":"\#(owner.channel)"}"#
            let ask =
                #"{"jsonrpc":"2.0","id":8,"method":"tools/call","params":{"name":"ask","arguments":\#(arguments)}}"#
            let asked = try await owner.rpc("[\(ask),\(ping)]").json.elements
            #expect(asked.first?["result"]?.structured["status"] == .string("pending") && asked.count == 2)
            let many = Array(repeating: ping, count: 21).joined(separator: ",")
            #expect(try await owner.rpc("[\(many)]").json.code == -32600)
        }
    }

    @Test("only a POST with a key comes in, and no page of another site even with one")
    func callers() async throws {
        try await withServer(["PLACET_CORS_ORIGINS": "https://agents.example"]) { server in
            let owner = try await server.owner()
            let body = ByteBuffer(string: #"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#)
            let stranger = try await server.send(.post, "/mcp", [.contentType: "application/json"], body: body)
            #expect(stranger.status == 401 && stranger.headers[.wwwAuthenticate] == #"Bearer realm="placet""#)
            for method in [HTTPRequest.Method.get, .delete] {
                let reply = try await owner.send(method, "/mcp")
                #expect(reply.status == 405 && reply.headers[.allow] == "POST")
            }
            let ping = #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#
            #expect(try await owner.rpc(ping, [.origin: "http://evil.example"]).status == 403)
            let listed = try await owner.rpc(ping, [.origin: "https://agents.example"])
            #expect(listed.status == 200)
            #expect(listed.headers[.accessControlAllowOrigin] == "https://agents.example")
            let large =
                #"{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":"\#(String(repeating: "a", count: 1 << 20))"}}"#
            #expect(try await owner.rpc(large).status == 413)
        }
    }

    // MARK: Tools

    @Test("every tool of the list is there, has both schemas, and says what it does")
    func list() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let tools = try await owner.rpc(#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#).json["result"]?["tools"]
            for tool in try #require(tools?.elements) {
                let name = try #require(tool["name"]?.text)
                for schema in ["inputSchema", "outputSchema"] {
                    #expect(tool[schema]?["type"] == .string("object") && tool[schema]?["$schema"] == nil, "\(name)")
                }
                #expect(tool["annotations"]?.members.count == 4 && tool["description"] != nil, "\(name)")
                // Numbers where nearly everything else is wanted: refused, but by the tool.
                let wanted = tool["inputSchema"]?["properties"]?.members.keys ?? []
                let wrong = wanted.map { #""\#($0)":{"a":1}"# }.joined(separator: ",")
                let result = try await owner.call(name, "{\(wrong)}")
                #expect(result["isError"] == .bool(true), "\(name)")
                for argument in wanted {
                    #expect(result.said.contains("\(argument): "), "\(name).\(argument): \(result.said)")
                }
            }
        }
    }

    @Test("a question waits, is answered, and is told with who answered; its handle gives the same again")
    func ask() async throws {
        try await withServer { server in
            let (person, owner) = try await server.pair()
            let channel = #""channel":"\#(owner.channel)""#
            let file = try await owner.storedID("the plan")
            let first = try await owner.call(
                "ask",
                #"{"question":"Deploy?","wait":0,"key":"k","files":["\#(file)"],"expiresInSeconds":null,\#(channel)}"#
            )
            let handle = try #require(first.structured["handle"]?.text)
            #expect(first.structured == .object(["handle": .string(handle), "status": .string("pending")]))
            #expect(first.said == first.structured.encoded() && first["isError"] == .bool(false))

            async let held = owner.call("ask", #"{"handle":"\#(handle)"}"#)
            let response = #"{"response":{"selectedOption":"approve","comment":"yes"}}"#
            let answered = try await person.send(.post, "messages/\(handle)/respond", response)
            #expect(answered.status == 201, "\(answered.text)")
            let result = try await held.structured
            #expect(result["status"] == .string("answered") && result["handle"] == .string(handle))
            #expect(result["answer"]?["comment"] == .string("yes") && result["answeredBy"]?.text != nil)
            #expect(try await owner.call("ask", #"{"handle":"\#(handle)"}"#).structured == result)

            let waiting = try await owner.call("answers").structured["answers"]
            #expect(waiting == .array([result]))
            let none = try await owner.call("answers", #"{"acknowledge":["\#(handle)"]}"#).structured["answers"]
            #expect(none == .array([]))
        }
    }

    @Test("the same key asks once; for another question, other options or files it is refused")
    func keys() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let common = #""key":"k","wait":0,"channel":"\#(owner.channel)""#
            let first = try await owner.call("ask", #"{"question":"A?",\#(common)}"#)
            let again = try await owner.call("ask", #"{"question":"A?",\#(common)}"#)
            #expect(again.structured == first.structured)
            let file = try await owner.storedID("x")
            for other in [
                #""question":"B?""#, #""question":"A?","kind":"text""#, #""question":"A?","files":["\#(file)"]"#,
                #""question":"A?","options":[{"id":"a","label":"A"}]"#,
            ] {
                let refused = try await owner.call("ask", "{\(other),\(common)}")
                #expect(refused["isError"] == .bool(true) && refused.said.contains("another key"), "\(refused.said)")
            }
            let mixed = try await owner.call("ask", #"{"question":"A?","handle":"x"}"#)
            #expect(mixed.said == "Send the handle alone to go on waiting")
        }
    }

    @Test(
        "each kind of question becomes the review that people know",
        arguments: [
            (
                #""options":[{"id":"a","label":"A","danger":true}]"#, "approval",
                #"{"allowComment":true,"options":[{"id":"a","label":"A","style":"danger"}]}"#
            ),
            (
                #""kind":"multiple","options":[{"id":"a","label":"A"}]"#, "selection",
                #"{"items":[{"id":"a","label":"A","style":"primary"}],"mode":"multi"}"#
            ),
            (#""kind":"text""#, "text-input", "{}"),
            (
                #""fields":[{"name":"n","type":"number","max":2.50}]"#, "form",
                #"{"fields":[{"max":2.50,"name":"n","type":"number"}]}"#
            ),
        ]
    )
    func kinds(_ arguments: String, _ type: String, _ payload: String) async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let asked = try await owner.call(
                "ask",
                #"{"question":"?","wait":0,"channel":"\#(owner.channel)",\#(arguments)}"#
            )
            let handle = try #require(asked.structured["handle"]?.text, "\(asked.said)")
            let review = try await owner.get("reviews/\(handle)").json["review"]
            #expect(review?["type"] == .string(type) && review?["payload"]?.encoded() == payload)
        }
    }

    @Test("a question is taken back while nobody has answered it, and not after")
    func withdraw() async throws {
        try await withServer { server in
            let (person, owner) = try await server.pair()
            let (open, done) = (try await owner.ask(), try await owner.ask())
            let response = #"{"response":{"selectedOption":"yes"}}"#
            #expect(try await person.send(.post, "messages/\(done)/respond", response).status == 201)
            #expect(
                try await owner.call("withdraw", #"{"handle":"\#(open)"}"#).structured
                    == .object(["withdrawn": .bool(true)])
            )
            let refused = try await owner.call("withdraw", #"{"handle":"\#(done)"}"#)
            #expect(refused["isError"] == .bool(true) && refused.said.contains("nothing was taken back"))
            #expect(try await owner.get("messages/\(done)").status == 200)
            #expect(try await owner.get("messages/\(open)").status == 404)
            #expect(try await owner.call("ask", #"{"handle":"\#(open)"}"#)["isError"] == .bool(true))
        }
    }

    @Test("files are stored, listed page by page, and read in parts that have an end")
    func files() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let lines = (1...1000).map { "line \($0) " + String(repeating: "x", count: 40) }.joined(separator: #"\n"#)
            let stored = try await owner.call(
                "attach",
                #"{"name":"a.log","channel":"\#(owner.channel)","text":"\#(lines)"}"#
            )
            let id = try #require(stored.structured["id"]?.text, "\(stored.said)")
            let link = stored["content"]?.elements.last
            #expect(link?["type"] == .string("resource_link") && link?["name"] == .string("a.log"))
            #expect(link?["uri"]?.text?.hasSuffix("/api/v1/files/\(id)/download") == true)

            let page = try await owner.call("read_file", #"{"id":"\#(id)","count":500}"#).structured
            let text = try #require(page["text"]?.text)
            #expect(text.utf8.count <= 24_576 && text.hasSuffix("x\n") && page["total"] == .integer(1000))
            let next = Int64(text.split(separator: "\n").count + 1)
            #expect(page["next"] == .integer(next))
            let rest = try await owner.call("read_file", #"{"id":"\#(id)","from":\#(next),"count":1}"#).structured
            #expect(rest["text"]?.text?.hasPrefix("line \(next) ") == true)
            let tail = try await owner.call("read_file", #"{"id":"\#(id)","tail":1}"#).structured
            #expect(tail["text"]?.text?.hasPrefix("line 1000 ") == true)
            // Longer than a model reads at once: what it asked for is the end.
            let long = try await owner.call("read_file", #"{"id":"\#(id)","tail":500}"#).structured
            let end = try #require(long["text"]?.text)
            #expect(end.utf8.count <= 24_576 && end.hasPrefix("line 5") && long["next"] == nil)
            #expect(end.split(separator: "\n").last?.hasPrefix("line 1000 ") == true)
            let hit = try await owner.call("read_file", #"{"id":"\#(id)","grep":"line 77 "}"#).structured
            #expect(hit["text"]?.text?.hasPrefix("77: line 77 ") == true)
            let facts = try await owner.call("read_file", #"{"id":"\#(id)","facts":true}"#).structured
            #expect(facts["file"]?["facts"] != nil)

            let other = try await owner.storedID("b")
            let first = try await owner.call("list_files", #"{"limit":1}"#).structured
            #expect(first["files"]?.elements.map { $0["id"] } == [.string(other)])
            let cursor = try #require(first["next"]?.text)
            let second = try await owner.call("list_files", #"{"limit":1,"cursor":"\#(cursor)"}"#).structured
            #expect(second["files"]?.elements.map { $0["id"] } == [.string(id)] && second["next"] == nil)
        }
    }

    @Test("a tool does no more than the key may, and reaches nobody else's things")
    func authority() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let stranger = try await server.owner("eve@example.org")
            let (handle, file) = (try await owner.ask(), try await owner.storedID("secret"))
            for (tool, arguments) in [
                ("ask", #"{"handle":"\#(handle)"}"#), ("withdraw", #"{"handle":"\#(handle)"}"#),
                ("answers", #"{"acknowledge":["\#(handle)"]}"#), ("read_file", #"{"id":"\#(file)"}"#),
                ("read_file", #"{"id":"\#(file)","facts":true}"#), ("read_file", #"{"id":"\#(file)/download?"}"#),
                ("list_files", #"{"channel":"\#(owner.channel)"}"#),
                ("notify", #"{"text":"x","channel":"\#(owner.channel)"}"#),
            ] {
                let result = try await stranger.call(tool, arguments)
                #expect(result["isError"] == .bool(true), "\(tool): \(result.said)")
            }
            #expect(try await owner.get("messages/\(handle)").status == 200)

            let key = try await server.command(.post, "keys", #"{"label":"r","scope":["read"]}"#).json["key"]?.text
            let arguments = #"{"text":"x","channel":"\#(owner.channel)"}"#
            let call = #""params":{"name":"notify","arguments":\#(arguments)}"#
            let refused = try await server.send(
                .post,
                "/mcp",
                [.contentType: "application/json", .apiKey: try #require(key)],
                body: ByteBuffer(string: #"{"jsonrpc":"2.0","id":1,"method":"tools/call",\#(call)}"#)
            ).json["result"]
            #expect(refused?["isError"] == .bool(true) && refused?.said.contains("send") == true)
        }
    }

    // MARK: Tasks

    @Test("where a client takes tasks, a question that is not answered in time becomes one, which tells its answer")
    func tasks() async throws {
        try await withServer { server in
            let (person, owner) = try await server.pair()
            let arguments = #"{"question":"?","wait":0,"channel":"\#(owner.channel)"}"#
            let call = #""name":"ask","arguments":\#(arguments),"#
            let made = try await owner.stateless("tools/call", call, name: "ask", tasks: true).json["result"] ?? .null
            #expect(made["resultType"] == .string("task") && made["status"] == .string("working"))
            #expect(made["ttlMs"] == .null && made["pollIntervalMs"] == .integer(5000))
            let id = try #require(made["taskId"]?.text)
            func task(_ method: String, _ owner: Owner) async throws -> JSONValue {
                try await owner.stateless("tasks/\(method)", #""taskId":"\#(id)","#, name: id, tasks: true).json
            }
            #expect(try await task("get", owner)["result"]?["status"] == .string("working"))
            #expect(try await task("update", owner)["result"]?["resultType"] == .string("complete"))
            // Another key of the same user has other tasks.
            let another = try await server.owner("ada@example.org")
            #expect(try await task("get", another).code == -32602)

            let handle = String(id.prefix { $0 != "." })
            let response = #"{"response":{"selectedOption":"approve"}}"#
            #expect(try await person.send(.post, "messages/\(handle)/respond", response).status == 201)
            let done = try await task("get", owner)["result"] ?? .null
            #expect(done["status"] == .string("completed") && done["resultType"] == .string("complete"))
            #expect(done["result"]?.structured["answer"]?["selectedOption"] == .string("approve"))
            // Too late: the answer stays.
            #expect(try await task("cancel", owner)["result"]?["resultType"] == .string("complete"))
            #expect(try await task("get", owner)["result"]?["status"] == .string("completed"))
        }
    }

    @Test("a task that is cancelled takes its question back, and is still told of")
    func cancelledTask() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let arguments = #"{"question":"?","wait":0,"channel":"\#(owner.channel)"}"#
            let call = #""name":"ask","arguments":\#(arguments),"#
            let made = try await owner.stateless("tools/call", call, name: "ask", tasks: true).json["result"] ?? .null
            let id = try #require(made["taskId"]?.text)
            for _ in 1...2 {
                let gone = try await owner.stateless("tasks/cancel", #""taskId":"\#(id)","#, tasks: true)
                #expect(gone.status == 200, "\(gone.text)")
            }
            let task = try await owner.stateless("tasks/get", #""taskId":"\#(id)","#, tasks: true).json["result"]
            #expect(task?["status"] == .string("cancelled"))
            #expect(task?["createdAt"]?.text?.prefix(10) == made["createdAt"]?.text?.prefix(10))
            #expect(try await owner.get("messages/\(id.prefix { $0 != "." })").status == 404)
        }
    }
}
