import HTTP
import HTTPTypes
import Index
import JSON
import TestSupport
import Testing

@Suite("Storage figures")
struct StorageTests {
    @Test("a content counts once on disk and once for each file; one that no file has is reclaimable")
    func figures() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let admin = try await server.person("o@b.c", role: .owner)
            _ = try await owner.storedID("twelve bytes")
            let second = try await owner.storedID("twelve bytes")
            let only = try await owner.storedID("seven b")
            for id in [second, only] {
                #expect(try await owner.send(.delete, "/api/v1/files/\(id)?channel=\(owner.channel)").status == 200)
            }
            let figures = try await admin.send(.get, "admin/storage").json
            func amount(_ count: Int64, _ bytes: Int64) -> JSONValue {
                .object(["count": .integer(count), "bytes": .integer(bytes)])
            }
            #expect(figures["files"] == amount(1, 12))
            #expect(figures["unattached"] == amount(1, 12))
            #expect(figures["blobs"] == amount(2, 19))
            #expect(figures["reclaimable"] == amount(1, 7))
        }
    }

    @Test("only owners see them")
    func owners() async throws {
        try await withServer { server in
            let member = try await server.person("m@b.c", role: .member)
            #expect(try await member.send(.get, "admin/storage").status == 403)
            #expect(try await server.send(.get, "/api/admin/storage").status == 401)
        }
    }
}
