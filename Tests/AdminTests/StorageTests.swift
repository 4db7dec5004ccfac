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
            #expect(figures["deduplicatedBytes"] == .integer(0) && figures["inFlightBytes"] == .integer(0))
        }
    }

    @Test("files are told by type, by channel and by age, and what equal contents save")
    func kinds() async throws {
        try await withServer { server in
            let (person, owner) = (try await server.person("o@b.c", role: .owner), try await server.owner("o@b.c"))
            for _ in 0..<2 { _ = try await owner.store("some text") }
            _ = try await owner.store([
                0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0,
            ])
            let figures = try await person.send(.get, "admin/storage").json
            #expect(figures["deduplicatedBytes"] == .integer(9))
            let families = figures["types"]?["families"]?.elements.map { [$0["type"], $0["count"], $0["bytes"]] }
            #expect(
                families == [
                    [.string("image"), .integer(1), .integer(20)], [.string("text"), .integer(2), .integer(18)],
                ]
            )
            let types = figures["types"]?["largest"]?.elements.map { $0["type"] }
            #expect(types == [.string("image/jpeg"), .string("text/plain")])
            let channels = figures["channels"]?.elements.map { [$0["id"], $0["userId"], $0["bytes"]] }
            #expect(channels == [[.string(owner.channel), .string(person.userID.rawValue), .integer(38)]])
            let ages = try #require(figures["ages"]?.elements)
            #expect(ages.map { $0["days"] } == [1, 7, 30, 90, 365].map { .integer($0) } + [.null])
            #expect(ages.map { $0["count"] } == [3, 0, 0, 0, 0, 0].map { .integer($0) })
        }
    }

    @Test("an upload under way is told until it ends")
    func inFlight() async throws {
        try await withServer { server in
            let (person, owner) = (try await server.person("o@b.c", role: .owner), try await server.owner())
            let form = Form(.channel(owner.channel), .file([UInt8](repeating: 1, count: 1000), "x"))
            let answer = try await server.send(
                .post,
                "/api/v1/files/store",
                [.apiKey: owner.key, .contentType: form.contentType],
                body: form.body,
                pausingAt: 800
            ) {
                let bytes = try await person.send(.get, "admin/storage").json["inFlightBytes"]
                guard case .integer(let number)? = bytes else { throw NoFigure() }
                #expect((1...1000).contains(number))
            }
            #expect(answer.status == 201)
            #expect(try await person.send(.get, "admin/storage").json["inFlightBytes"] == .integer(0))
        }
    }

    private struct NoFigure: Error {}

    @Test("only owners see them")
    func owners() async throws {
        try await withServer { server in
            let member = try await server.person("m@b.c", role: .member)
            #expect(try await member.send(.get, "admin/storage").status == 403)
            #expect(try await server.send(.get, "/api/admin/storage").status == 401)
        }
    }
}
