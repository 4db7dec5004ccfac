import HTTP
import HTTPTypes
import JSON
import NIOCore
import TestSupport
import Testing

extension ResumableUploadTests {
    @Test("who missed the last answer may ask for it again, and is not listened to about more")
    func repeatedEnd() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let path = try await location(owner, 4)
            let id = try #require(try await patch(owner, path, at: 0, "abcd").headers[.file])
            let again = try await patch(owner, path, at: 4, "")
            #expect(again.status == 204 && again.headers[.file] == id && again.headers[.offset] == "4")
            #expect(try await patch(owner, path, at: 4, "e").status == 413)
            #expect(try await owner.send(.head, path, [.tus: "1.0.0"]).headers[.file] == id)
        }
    }

    @Test("bytes in a coding and parts of one file are refused, as they would be stored as they are")
    func notUnderstood() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let path = try await location(owner, 4)
            #expect(try await patch(owner, path, at: 0, "abcd", [.contentEncoding: "gzip"]).status == 415)
            #expect(try await offset(owner, path) == "0")
            for concat in ["partial", "final;/api/v1/files/tus/a /api/v1/files/tus/b"] {
                let answer = try await begin(owner, 4, [HTTPField.Name("upload-concat")!: concat])
                #expect(answer.status == 400 && answer.text.contains("one upload"), "\(answer.text)")
            }
        }
    }

    @Test("what came stays when the file cannot be stored, so that only the last byte is sent again")
    func refusedEnd() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            func set(quota: String) async throws {
                let json = #"{"email":"admin@placet.local","quotaBytes":\#(quota)}"#
                #expect(try await server.command(.post, "users/quota", json).status == 200)
            }
            let path = try await location(owner, 10)
            try await set(quota: "5")
            #expect(try await patch(owner, path, at: 0, "0123456789").status == 507)
            #expect(try await offset(owner, path) == "9")
            try await set(quota: "null")
            let id = try #require(try await patch(owner, path, at: 9, "9").headers[.file])
            #expect(try await owner.download(id).body == ByteBuffer(string: "0123456789"))
        }
    }

    @Test("an upload that begins is weighed beside those under way")
    func reservations() async throws {
        try await withServer(["PLACET_QUOTA_USER_BYTES": "1000"]) { server in
            let owner = try await server.owner()
            let body = ByteBuffer(repeating: 1, count: 900)
            let raw = "/api/v1/files/raw?channel=\(owner.channel)"
            let stored = try await server.send(.put, raw, [.apiKey: owner.key], body: body, pausingAt: 800) {
                let begun = try await begin(owner, 300)
                #expect(begun.status == 507, "\(begun.text)")
                #expect(begun.json["figures"]?["reserved"] == .integer(800))
                #expect(try await begin(owner, 50).status == 201)
            }
            #expect(stored.status == 201, "\(stored.text)")
        }
    }
}
