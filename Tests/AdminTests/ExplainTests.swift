import HTTP
import HTTPTypes
import Index
import JSON
import TestSupport
import Testing

@Suite("Explanation routes")
struct ExplainTests {
    @Test("a content and a file are explained to owners and to the operator alike")
    func kept() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let admin = try await server.person("o@b.c", role: .owner)
            let file = try await owner.store("twelve bytes")
            let (id, digest) = (try #require(file["id"]?.text), try #require(file["sha256"]?.text))
            let explained = try await admin.send(.get, "admin/blobs/\(digest.uppercased())/explain").json
            #expect(explained["state"] == .string("kept"))
            #expect(explained["sha256"] == .string(digest))
            #expect(explained["fileCount"] == .integer(1))
            let named = explained["files"]?.elements.first
            #expect(named?["id"] == .string(id))
            #expect(named?["email"] == .string("admin@placet.local"))
            #expect(named?["channelId"] == .string(owner.channel))
            #expect(explained["file"] == .null)
            #expect(explained["rememberedSeconds"] == .integer(3600))
            #expect(try await server.command(.get, "blobs/\(digest)/explain").json == explained)
            let asked = try await admin.send(.get, "admin/blobs/\(id)/explain").json
            #expect(asked["file"]?["state"] == .string("kept"))
            #expect(asked["files"] == explained["files"])
            let long = String(repeating: "0", count: 501)
            #expect(try await admin.send(.get, "admin/blobs/\(long)/explain").status == 400)
        }
    }

    @Test("without a schedule no time is told at which it collects", arguments: ["on", "off"])
    func schedule(setting: String) async throws {
        try await withServer(setting == "off" ? ["PLACET_GC_SCHEDULE": "off"] : [:]) { server in
            let owner = try await server.owner()
            let file = try await owner.store("twelve bytes")
            let id = try #require(file["id"]?.text)
            #expect(try await owner.send(.delete, "/api/v1/files/\(id)").status == 200)
            let digest = try #require(file["sha256"]?.text)
            let explained = try await server.command(.get, "blobs/\(digest)/explain").json
            #expect(explained["state"] == .string("unreferenced"))
            #expect(explained["reason"] == .string("fileDeleted"))
            #expect((explained["collectedFrom"] == .null) == (setting == "off"))
        }
    }
}
