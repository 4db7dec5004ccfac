import HTTP
import HTTPTypes
import JSON
import NIOCore
import TestSupport
import Testing

extension HTTPField.Name {
    fileprivate static let digest = HTTPField.Name("repr-digest")!
    fileprivate static let contentDigest = HTTPField.Name("content-digest")!
    fileprivate static let key = HTTPField.Name("idempotency-key")!
}

@Suite("Uploads whose body is the file")
struct RawUploadTests {
    @Test("the body is stored as it is, under its name, and a repeat under the same key stores nothing")
    func store() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let path = "/api/v1/files/raw?channel=\(owner.channel)&filename=..%2Fa%20b.log"
            let bytes = ByteBuffer(string: "one\ntwo\n")
            let key: HTTPFields = [.key: "k"]
            let first = try await owner.send(.put, path, key, body: bytes)
            #expect(first.status == 201, "\(first.text)")
            #expect(first.json["filename"] == .string("a b.log") && first.json["mimeType"] == .string("text/plain"))
            #expect(first.json["messageId"] == .null && first.json["declaredMimeType"] == .null)
            let id = try #require(first.json["id"]?.text)
            #expect(try await owner.download(id).body == bytes)
            let again = try await owner.send(.put, path, key, body: bytes)
            #expect(again.json["id"] == .string(id) && again.headers[.idempotencyReplayed] == "true")
            let other = try await owner.send(.put, path, key, body: ByteBuffer(string: "three"))
            #expect(other.status == 422)
            let empty = try await owner.send(.put, "/api/v1/files/raw?channel=\(owner.channel)")
            #expect(
                empty.status == 201 && empty.json["size"] == .integer(0) && empty.json["filename"] == .string("file")
            )
            #expect(try await server.census().incoming == 0)
        }
    }

    @Test("what is wrong with a body is told, and nothing is left")
    func refusals() async throws {
        try await withServer(["PLACET_MAX_UPLOAD_BYTES": "1000"]) { server in
            let owner = try await server.owner()
            let stranger = try await server.owner("eve@example.org")
            let path = "/api/v1/files/raw?channel=\(owner.channel)"
            let before = try await server.census()
            func status(_ headers: HTTPFields, _ bytes: ByteBuffer = ByteBuffer(string: "x")) async throws -> Int {
                try await owner.send(.put, path, headers, body: bytes).status
            }
            let digest = "sha-256=:LCa0a2j/xo/5m0U8HTBBNBNCLXBkg7+g+YpeiGJm564=:"  // Of "foo".
            #expect(try await status([.digest: digest]) == 422)
            #expect(try await status([.contentDigest: digest]) == 422)
            #expect(try await status([.digest: "sha-256=:AA==:"]) == 400)
            #expect(try await status([.contentRange: "bytes 0-0/2"]) == 400)
            #expect(try await status([.contentEncoding: "gzip"]) == 415)
            #expect(try await status([:], ByteBuffer(repeating: 1, count: 1001)) == 413)
            #expect(try await owner.send(.put, "/api/v1/files/raw", body: ByteBuffer(string: "x")).status == 400)
            #expect(try await stranger.send(.put, path, body: ByteBuffer(string: "x")).status == 403)
            #expect(try await server.census() == before)
            #expect(try await status([.digest: digest], ByteBuffer(string: "foo")) == 201)
        }
    }
}
