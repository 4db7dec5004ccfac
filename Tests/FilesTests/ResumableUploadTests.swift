import Crypto
import Foundation
import HTTP
import HTTPTypes
import JSON
import NIOCore
import TestSupport
import Testing

extension HTTPField.Name {
    static let tus = HTTPField.Name("tus-resumable")!
    static let length = HTTPField.Name("upload-length")!
    static let offset = HTTPField.Name("upload-offset")!
    static let metadata = HTTPField.Name("upload-metadata")!
    static let checksum = HTTPField.Name("upload-checksum")!
    static let expires = HTTPField.Name("upload-expires")!
    static let file = HTTPField.Name("placet-file-id")!
    static let override = HTTPField.Name("x-http-method-override")!
}

@Suite("Uploads that go on after a break (tus 1.0)")
struct ResumableUploadTests {
    func begin(_ owner: Owner, _ length: Int, _ more: HTTPFields = [:]) async throws -> HTTPReply {
        var headers: HTTPFields = [.tus: "1.0.0", .length: "\(length)", .metadata: "filename YS5sb2c="]
        for field in more { headers[field.name] = field.value }
        return try await owner.send(.post, "/api/v1/files/tus?channel=\(owner.channel)", headers)
    }

    func location(_ owner: Owner, _ length: Int) async throws -> String {
        let answer = try await begin(owner, length)
        #expect(answer.status == 201, "\(answer.text)")
        return try #require(answer.headers[.location])
    }

    func patch(
        _ owner: Owner,
        _ path: String,
        at offset: Int,
        _ text: String,
        _ more: HTTPFields = [:]
    ) async throws -> HTTPReply {
        var headers: HTTPFields = [
            .tus: "1.0.0", .offset: "\(offset)", .contentType: "application/offset+octet-stream",
        ]
        for field in more { headers[field.name] = field.value }
        return try await owner.send(.patch, path, headers, body: ByteBuffer(string: text))
    }

    func offset(_ owner: Owner, _ path: String) async throws -> String? {
        let answer = try await owner.send(.head, path, [.tus: "1.0.0"])
        #expect(answer.status == 200 && answer.headers[.cacheControl] == "no-store")
        return answer.headers[.offset]
    }

    @Test("a file arrives in parts, and HEAD says how far it is, and then which file it has become")
    func parts() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let path = try await location(owner, 8)
            #expect(try await offset(owner, path) == "0")
            let first = try await patch(owner, path, at: 0, "one\n")
            #expect(first.status == 204 && first.headers[.offset] == "4" && first.headers[.expires] != nil)
            #expect(first.headers[.file] == nil && first.headers[.tus] == "1.0.0")
            #expect(try await offset(owner, path) == "4")
            let last = try await patch(owner, path, at: 4, "two\n")
            #expect(last.status == 204 && last.headers[.offset] == "8", "\(last.text)")
            let id = try #require(last.headers[.file])
            let file = try await owner.send(.get, "/api/v1/files/\(id)").json
            #expect(file["filename"] == .string("a.log") && file["mimeType"] == .string("text/plain"))
            #expect(file["messageId"] == .null && file["size"] == .integer(8))
            #expect(try await owner.download(id).body == ByteBuffer(string: "one\ntwo\n"))
            #expect(try await owner.send(.head, path, [.tus: "1.0.0"]).headers[.file] == id)
            #expect(try await server.census().incoming == 0)
        }
    }

    @Test("the first bytes may come with the beginning, also all of them, also none of none")
    func creationWithUpload() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let path = "/api/v1/files/tus?channel=\(owner.channel)"
            func begin(_ length: Int, _ text: String) async throws -> HTTPReply {
                let headers: HTTPFields = [
                    .tus: "1.0.0", .length: "\(length)", .contentType: "application/offset+octet-stream",
                ]
                return try await owner.send(.post, path, headers, body: ByteBuffer(string: text))
            }
            let part = try await begin(4, "ab")
            #expect(part.status == 201 && part.headers[.offset] == "2" && part.headers[.file] == nil, "\(part.text)")
            let whole = try await begin(4, "abcd")
            #expect(whole.headers[.offset] == "4")
            #expect(try await owner.download(try #require(whole.headers[.file])).body == ByteBuffer(string: "abcd"))
            #expect(try await begin(0, "").headers[.file] != nil)
            #expect(try await begin(1, "ab").status == 413)
            // Nobody has learned of an upload whose first bytes were refused.
            let wrong: HTTPFields = [
                .tus: "1.0.0", .length: "4", .contentType: "application/offset+octet-stream", .checksum: "sha1 AAAA",
            ]
            #expect(try await owner.send(.post, path, wrong, body: ByteBuffer(string: "ab")).status == 460)
            #expect(try await server.census().incoming == 1)
        }
    }

    @Test("offsets that lie, other versions, bodies of another type and too many bytes change nothing")
    func refusals() async throws {
        try await withServer(["PLACET_MAX_UPLOAD_BYTES": "1000"]) { server in
            let owner = try await server.owner()
            let path = try await location(owner, 4)
            _ = try await patch(owner, path, at: 0, "ab")
            for lie in [0, 1, 3, 4, -1] {
                let answer = try await patch(owner, path, at: lie, "x")
                #expect(answer.status == 409 && answer.headers[.offset] == "2")
            }
            #expect(try await patch(owner, path, at: 2, "x", [.offset: "+2"]).status == 409)
            #expect(try await patch(owner, path, at: 2, "xyz").status == 413)
            #expect(try await patch(owner, path, at: 2, "x", [.contentType: "text/plain"]).status == 415)
            let old = try await owner.send(.head, path, [.tus: "0.2.2"])
            #expect(old.status == 412)
            #expect(try await begin(owner, 1001).status == 413)
            #expect(try await begin(owner, 1, [.metadata: "filename =!"]).status == 400)
            let begins = "/api/v1/files/tus?channel=\(owner.channel)"
            #expect(try await owner.send(.post, begins, [.tus: "1.0.0"]).status == 400)
            #expect(try await offset(owner, path) == "2")
            #expect(try await patch(owner, path, at: 2, "cd").headers[.file] != nil)
        }
    }

    @Test("bytes that do not match their checksum are not kept", arguments: ["sha1", "sha256"])
    func checksums(_ algorithm: String) async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let path = try await location(owner, 3)
            let data = Data("foo".utf8)
            let digest =
                algorithm == "sha1" ? Data(Insecure.SHA1.hash(data: data)) : Data(SHA256.hash(data: data))
            let header: HTTPFields = [.checksum: "\(algorithm) \(digest.base64EncodedString())"]
            let wrong = try await patch(owner, path, at: 0, "fox", header)
            #expect(wrong.status == 460)
            #expect(try await offset(owner, path) == "0")
            #expect(try await patch(owner, path, at: 0, "foo", [.checksum: "md5 AA=="]).status == 400)
            let right = try await patch(owner, path, at: 0, "foo", header)
            #expect(right.headers[.file] != nil, "\(right.text)")
        }
    }

    @Test("an upload of somebody else is as none")
    func ownership() async throws {
        try await withServer { server in
            let (owner, stranger) = (try await server.owner(), try await server.owner("eve@example.org"))
            let path = try await location(owner, 4)
            #expect(try await stranger.send(.head, path, [.tus: "1.0.0"]).status == 404)
            #expect(try await patch(stranger, path, at: 0, "evil").status == 404)
            #expect(try await stranger.send(.delete, path, [.tus: "1.0.0"]).status == 404)
            let headers: HTTPFields = [.tus: "1.0.0", .length: "1"]
            #expect(try await stranger.send(.post, "/api/v1/files/tus?channel=\(owner.channel)", headers).status == 403)
            #expect(try await offset(owner, path) == "0")
        }
    }

    @Test("of two writers one is told to wait, and the other one's bytes stay")
    func twoWriters() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let path = try await location(owner, 4)
            let headers: HTTPFields = [
                .apiKey: owner.key, .tus: "1.0.0", .offset: "0", .contentType: "application/offset+octet-stream",
            ]
            let first = try await server.send(.patch, path, headers, body: ByteBuffer(string: "abcd"), pausingAt: 1) {
                let second = try await patch(owner, path, at: 0, "wxyz")
                #expect(second.status == 423 && second.headers[.tus] == "1.0.0")
                #expect(try await owner.send(.delete, path, [.tus: "1.0.0"]).status == 423)
            }
            let id = try #require(first.headers[.file])
            #expect(try await owner.download(id).body == ByteBuffer(string: "abcd"))
        }
    }

    @Test("the bytes of a request that breaks off stay, but for the last one, with which comes the end")
    func brokenOff() async throws {
        struct Broken: Error {}
        try await withServer { server in
            let owner = try await server.owner()
            let path = try await location(owner, 8)
            let headers: HTTPFields = [
                .apiKey: owner.key, .tus: "1.0.0", .offset: "0", .contentType: "application/offset+octet-stream",
            ]
            _ = try? await server.send(.patch, path, headers, body: ByteBuffer(string: "abcd"), pausingAt: 3) {
                throw Broken()
            }
            #expect(try await offset(owner, path) == "3")
            let last = try await patch(owner, path, at: 3, "DEFGH")
            let id = try #require(last.headers[.file])
            #expect(try await owner.download(id).body == ByteBuffer(string: "abcDEFGH"))
        }
    }

    @Test("nothing counts that comes when the key has ended, and nobody's beginning stays")
    func authority() async throws {
        try await withServer { server in
            let (person, owner) = try await server.pair()
            let path = try await location(owner, 4)
            var headers: HTTPFields = [
                .apiKey: owner.key, .tus: "1.0.0", .offset: "0", .contentType: "application/offset+octet-stream",
            ]
            let another = try await server.owner(person.email)
            let answer = try await server.send(.patch, path, headers, body: ByteBuffer(string: "abcd"), pausingAt: 1) {
                let ended = try await person.send(.delete, "api-keys/\(owner.keyID)")
                #expect(ended.status == 200)
            }
            #expect(answer.status == 401)
            #expect(try await offset(another, path) == "0")

            (headers[.apiKey], headers[.length]) = (another.key, "4")
            let begins = "/api/v1/files/tus?channel=\(owner.channel)"
            let begun = try await server.send(.post, begins, headers, body: ByteBuffer(string: "abcd"), pausingAt: 1) {
                let ended = try await person.send(.delete, "api-keys/\(another.keyID)")
                #expect(ended.status == 200)
            }
            #expect(begun.status == 401)
            // The bytes of the first, which go with it when it expires.
            #expect(try await server.census().incoming == 1)
        }
    }

    @Test("an upload that is given up leaves nothing; a client may say so with POST")
    func termination() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let path = try await location(owner, 4)
            _ = try await patch(owner, path, at: 0, "ab")
            let headers: HTTPFields = [.tus: "1.0.0", .override: "DELETE"]
            #expect(try await owner.send(.post, path, headers).status == 204)
            #expect(try await owner.send(.head, path, [.tus: "1.0.0"]).status == 404)
            #expect(try await server.census().incoming == 0)
        }
    }

    @Test("an open upload counts in the quotas, until it is given up")
    func quota() async throws {
        try await withServer(["PLACET_QUOTA_USER_BYTES": "1000"]) { server in
            let owner = try await server.owner()
            let path = try await location(owner, 900)
            let refused = try await begin(owner, 200)
            #expect(refused.status == 507 && refused.headers[.tus] == "1.0.0")
            let form = Form(.channel(owner.channel), .file([UInt8](repeating: 1, count: 200), "a"))
            #expect(try await owner.send(form).status == 507)
            _ = try await owner.send(.delete, path, [.tus: "1.0.0"])
            let whole = try await location(owner, 1000)
            let last = try await patch(owner, whole, at: 0, String(repeating: "a", count: 1000))
            #expect(last.headers[.file] != nil, "\(last.text)")
        }
    }

    @Test("OPTIONS says what there is")
    func options() async throws {
        try await withServer { server in
            let answer = try await server.owner().send(.options, "/api/v1/files/tus")
            #expect(answer.status == 204 && answer.headers[HTTPField.Name("tus-version")!] == "1.0.0")
            let extensions = answer.headers[HTTPField.Name("tus-extension")!]
            #expect(extensions == "creation,creation-with-upload,checksum,expiration,termination")
        }
    }
}
