import App
import Foundation
import HTTP
import HTTPTypes
import Index
import IndexSupport
import JSON
import NIOCore
import TestSupport
import Testing

@Suite("A disk on which only the reserve is free", .onlySQLite)
struct ReserveTests {
    @Test(
        "nothing is stored, and everything that leads out works: sign in, delete, revoke, acknowledge, change a password"
    )
    func wayOut() async throws {
        try await withServer { before in
            let (person, owner) = try await before.pair()
            let (message, file) = (try await owner.ask(), try await owner.storedID("x"))
            let spare = try await owner.send(json: #"{"name":"spare"}"#, to: "/api/v1/agents").json["id"]?.text ?? ""
            let stored = try await before.census()
            try await before.assembly.close()
            try await withFullDisk(before) { server in
                func agent(_ method: HTTPRequest.Method, _ path: String, _ json: String? = nil) async throws
                    -> HTTPReply
                {
                    let headers: HTTPFields = [.apiKey: owner.key]
                    return try await server.send(
                        method,
                        "/api/v1/\(path)",
                        headers,
                        body: json.map(ByteBuffer.init(string:))
                    )
                }
                let body = #"{"channelId":"\#(owner.channel)","text":"x","content":"x","name":"x"}"#
                for path in ["messages", "files/store-text", "agents", "messages/streams/s/status"] {
                    let answer = try await agent(.post, path, body)
                    #expect(answer.status == 507 && answer.text.contains("delete what is not needed"), "\(path)")
                }
                for route in ["store", "upload"] {
                    let form = Form(.channel(owner.channel), .file([1], "x"))
                    let headers: HTTPFields = [.apiKey: owner.key, .contentType: form.contentType]
                    #expect(
                        try await server.send(.post, "/api/v1/files/\(route)", headers, body: form.body).status == 507
                    )
                }
                #expect(try await server.census() == stored)
                #expect(try await agent(.get, "files?channel=\(owner.channel)").status == 200)
                #expect(try await server.send(.get, "/health").json["checks"]?["index"] == .string("full"))
                let login = try await server.login(person.email, Person.password)
                let session: HTTPFields = [.authorization: "Bearer \(login.token ?? "")"]
                func human(_ method: HTTPRequest.Method, _ path: String, _ json: String? = nil) async throws -> Int {
                    try await server.send(method, "/api/\(path)", session, body: json.map(ByteBuffer.init(string:)))
                        .status
                }
                let password = #"{"currentPassword":"\#(Person.password)","newPassword":"another one"}"#
                #expect(try await human(.post, "agents", #"{"name":"x"}"#) == 507)
                #expect(try await human(.post, "auth/change-password", password) == 200)
                #expect(try await agent(.post, "messages/\(message)/ack?channel=\(owner.channel)").status == 200)
                #expect(try await agent(.delete, "messages/\(message)?channel=\(owner.channel)").status == 200)
                #expect(try await agent(.delete, "files/\(file)").status == 200)
                #expect(try await agent(.delete, "agents/\(spare)").status == 200)
                #expect(try await human(.delete, "api-keys/\(owner.keyID)") == 200)
                #expect(try await agent(.get, "agents").status == 401)
                #expect(try await human(.post, "auth/logout") < 300)
            }
        }
    }

    @Test("a start says what is open to other accounts of the system, and how to close it")
    func permissions() async throws {
        try await withServer { server in
            try await server.assembly.close()
            let manager = FileManager.default
            try manager.setAttributes([.posixPermissions: 0o777], ofItemAtPath: server.root)
            try manager.setAttributes([.posixPermissions: 0o666], ofItemAtPath: server.root + "/index.sqlite")
            try await withFullDisk(server) { server in
                let warnings = server.log.lines.filter { $0.hasPrefix("warning other accounts") }
                // SQLite gives the files beside the index its permissions.
                let open = ["", "/index.sqlite", "/index.sqlite-wal", "/index.sqlite-shm"]
                #expect(
                    warnings.compactMap { $0.components(separatedBy: "o-rwx ").last } == open.map { server.root + $0 }
                )
            }
            try manager.setAttributes([.posixPermissions: 0o750], ofItemAtPath: server.root)
            let log = Log()
            try await withFullDisk(server, log) { _ in }
            #expect(!log.lines.contains { $0.hasPrefix("warning") })
        }
    }

    /// Another server on the same folder, with a reserve that no disk has.
    private func withFullDisk(
        _ before: TestServer,
        _ log: Log? = nil,
        _ body: (TestServer) async throws -> Void
    ) async throws {
        let server = try await before.next(["PLACET_MIN_FREE_BYTES": "\(1 << 50)"], log: log)
        try await body(server)
        try await server.assembly.close()
    }
}
