import IndexSupport
import Testing

@testable import Index

@Suite("Parts of uploads")
struct UploadPartQueryTests {
    private static func begun(_ fixture: Fixture, length: Int = 100) async throws -> PartialUpload.ID {
        let upload = PartialUpload(
            id: .make(),
            userID: fixture.user.id,
            channelID: fixture.agent.id,
            filename: "a",
            declaredType: nil,
            length: length,
            createdAt: .now(),
            expiresAt: .now() + .seconds(60)
        )
        try await fixture.index.write { tx in try tx.insert(upload, in: tx.owned(fixture.agent.id)) }
        return upload.id
    }

    private static func add(_ fixture: Fixture, _ id: PartialUpload.ID, _ start: Int, _ size: Int) async throws -> Bool
    {
        let part = UploadPart(uploadID: id, start: start, size: size, key: "key of \(id) at \(start)")
        return try await fixture.index.write { try $0.add(part, by: ActingUser(id: fixture.user.id)) }
    }

    private static func received(_ fixture: Fixture, _ id: PartialUpload.ID) async throws -> Int? {
        try await fixture.index.read { reader in
            #expect(try reader.wrongCounts() == [])
            let upload = try reader.partialUpload(id, of: ActingUser(id: fixture.user.id), now: .now())
            #expect(try upload == nil || reader.partBytes(of: id) == upload?.received)
            return upload?.received
        }
    }

    private static func doomed(_ fixture: Fixture) async throws -> [String] {
        try await fixture.index.read { try $0.dueDoomedKeys(now: .now(), limit: 9).map(\.key).sorted() }
    }

    @Test("a part is taken where the upload ends, and nowhere else")
    func order() async throws {
        let fixture = try await Fixture()
        let id = try await Self.begun(fixture)
        #expect(try await Self.add(fixture, id, 0, 10))
        for start in [0, 9, 11] { #expect(try await !Self.add(fixture, id, start, 10)) }
        #expect(try await Self.add(fixture, id, 10, 5))
        #expect(try await Self.received(fixture, id) == 15)
        #expect(try await fixture.index.read { try $0.parts(of: id).map(\.start) } == [0, 10])
        let stranger = UploadPart(uploadID: id, start: 15, size: 1, key: "x")
        #expect(try await fixture.index.write { try !$0.add(stranger, by: ActingUser(id: "another")) })
    }

    @Test("of many at the same place one is taken")
    func race() async throws {
        let fixture = try await Fixture()
        let id = try await Self.begun(fixture)
        let taken = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 { group.addTask { try await Self.add(fixture, id, 0, 10) } }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(taken == 1)
        #expect(try await Self.received(fixture, id) == 10)
    }

    @Test("the end is taken once, from where the upload is, and dooms the parts")
    func end() async throws {
        let fixture = try await Fixture()
        let id = try await Self.begun(fixture)
        #expect(try await Self.add(fixture, id, 0, 10))
        func complete(from received: Int) async throws -> Bool {
            try await fixture.index.write { tx in
                guard try tx.complete(id, from: received, by: ActingUser(id: fixture.user.id)) else { return false }
                try tx.note("file", of: id)
                return true
            }
        }
        #expect(try await !complete(from: 9))
        #expect(try await complete(from: 10))
        #expect(try await !complete(from: 100))
        #expect(try await Self.doomed(fixture) == ["key of \(id) at 0"])
        #expect(try await !Self.add(fixture, id, 100, 1))
        #expect(try await fixture.index.read { try $0.wrongCounts() } == [])
    }

    @Test("parts are doomed with their upload, also when it goes with its user, and known until their bytes are gone")
    func doomed() async throws {
        let fixture = try await Fixture()
        let (one, other) = (try await Self.begun(fixture), try await Self.begun(fixture))
        for id in [one, other] { #expect(try await Self.add(fixture, id, 0, 10)) }
        let keys = [one, other].map { "key of \($0) at 0" }
        #expect(try await fixture.index.read { try $0.parts(afterKey: "", limit: 9).map(\.key) } == keys.sorted())
        #expect(try await fixture.index.read { try $0.isPart(key: keys[0]) && $0.isKnown(key: keys[0]) })
        try await fixture.index.write { try $0.removePartialUpload(one) }
        #expect(try await Self.doomed(fixture) == [keys[0]])
        #expect(try await fixture.index.read { try !$0.isPart(key: keys[0]) && $0.isKnown(key: keys[0]) })
        try await fixture.index.write { tx in
            try tx.execute("DELETE FROM agents")
            try tx.execute("DELETE FROM users")
        }
        #expect(try await Self.doomed(fixture) == keys.sorted())
        #expect(try await fixture.index.read { try $0.wrongCounts() } == [])
    }
}
