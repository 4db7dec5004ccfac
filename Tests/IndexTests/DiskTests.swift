import Foundation
import IndexSupport
import Testing

@testable import Index

@Suite("The files of the index and the disk they are on", .onlySQLite)
struct DiskTests {
    @Test("With less than the reserve free no content is stored, with half of it answers are, and upkeep always works")
    func reserve() async throws {
        let fixture = try await Fixture()
        fixture.index.close()
        let free = try fixture.freeBytes()
        for (reserve, refused) in [(free / 4, []), (free / 2 * 3, [Purpose.content]), (1 << 50, [.content, .answer])] {
            let index = try StoreIndex(path: fixture.path, storeID: Fixture.storeID, reserve: reserve)
            for purpose in [Purpose.content, .answer, .upkeep] {
                let outcome = await Result { try await index.write(for: purpose) { $0.now } }
                if refused.contains(purpose) {
                    #expect(throws: IndexError.reserveReached) { try outcome.get() }
                } else {
                    #expect(throws: Never.self) { try outcome.get() }
                }
            }
            index.close()
        }
    }

    @Test("A unit without room fails alone in its group")
    func aloneInGroup() async throws {
        let fixture = try await Fixture()
        fixture.index.close()
        let index = try StoreIndex(path: fixture.path, storeID: Fixture.storeID, reserve: 1 << 50)
        let gate = Gate()
        async let blocker: Void = index.write(for: .upkeep) { _ in gate.block() }
        await gate.entered()
        async let content = Result { try await index.write { _ in 1 } }
        async let upkeep = Result { try await index.write(for: .upkeep) { _ in 2 } }
        while index.commits.waitingCount < 2 { await Task.yield() }
        gate.release()
        try await blocker
        let outcomes = await (content, upkeep)
        #expect(throws: IndexError.reserveReached) { try outcomes.0.get() }
        #expect(try outcomes.1.get() == 2)
    }

    @Test("When the disk is short of room, what was deleted is given back to it")
    func givesBack() async throws {
        let fixture = try await Fixture()
        let message = Message.large(in: fixture.agent)
        try await fixture.index.write { tx in try tx.insert(message) }
        fixture.index.close()
        let full = try fixture.fileSize()
        let index = try StoreIndex(path: fixture.path, storeID: Fixture.storeID, reserve: 1 << 50)
        try await index.write(for: .upkeep) { tx in
            _ = try tx.deleteMessage(message.id, in: tx.owned(fixture.agent.id))
        }
        // Waits behind all that the writer does after the commit.
        index.close()
        #expect(try fixture.fileSize() < full / 2)
    }

    @Test("The ballast is taken while there is plenty of room, and given up before the index is opened or written")
    func ballast() async throws {
        let fixture = try await Fixture()
        fixture.index.close()
        let path = fixture.path + "-ballast"
        let taken = try StoreIndex(path: fixture.path, storeID: Fixture.storeID, reserve: 4000)
        try await taken.write { _ in }
        taken.close()
        #expect(try fixture.fileSize("-ballast") == 1000)
        // As if the disk had become full: the ballast may be larger than what is free.
        let ballast = Ballast(path: path, reserve: 4000) { 999 }
        ballast.giveUpIfFull()
        #expect(!FileManager.default.fileExists(atPath: path))
        ballast.takeIfPlenty()
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test("A log that a reader held up is cut back once the reader has gone")
    func logSize() async throws {
        let fixture = try await Fixture()
        let reader = try fixture.stranger()
        try reader.execute(sql: "BEGIN")
        _ = try Int.fetchOne(reader, sql: "SELECT count(*) FROM messages")
        let log = { try fixture.fileSize("-wal") }
        let limit = 16 << 20
        while try log() <= limit + 1 << 20 {
            let message = Message.large(in: fixture.agent)
            try await fixture.index.write { tx in try tx.insert(message) }
        }
        try reader.execute(sql: "COMMIT")
        for _ in 1...2 { try await fixture.index.write { tx in try tx.insert(Message.large(in: fixture.agent)) } }
        #expect(try log() <= limit)
    }

    @Test("Once a file of the index is removed or replaced, no write is reported as stored", arguments: ["", "-wal"])
    func replaced(suffix: String) async throws {
        let fixture = try await Fixture()
        try FileManager.default.moveItem(atPath: fixture.path + suffix, toPath: fixture.path + suffix + ".away")
        await #expect(throws: IndexError.filesReplaced) { try await fixture.send() }
        await #expect(throws: IndexError.filesReplaced) { try await fixture.index.checkWritable() }
        try Data().write(to: URL(fileURLWithPath: fixture.path + suffix))
        await #expect(throws: IndexError.filesReplaced) { try await fixture.send() }
    }

    @Test("A write during which the file goes is not reported as stored either")
    func replacedMeanwhile() async throws {
        let fixture = try await Fixture()
        await #expect(throws: IndexError.filesReplaced) {
            try await fixture.index.write { _ in
                try FileManager.default.moveItem(atPath: fixture.path, toPath: fixture.path + ".away")
            }
        }
    }

    @Test("Damage that a read or a write has met is told from then on")
    func damaged() async throws {
        let fixture = try await Fixture()
        try await fixture.send()
        let root = try await fixture.index.read { reader in
            try Int.fetchOne(reader.db, sql: "SELECT rootpage FROM sqlite_schema WHERE name = 'messages_by_channel'")
                ?? 0
        }
        fixture.index.close()
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: fixture.path))
        try file.seek(toOffset: UInt64((root - 1) * 4096))
        try file.write(contentsOf: Data(repeating: 0xff, count: 4096))
        try file.close()
        let index = try StoreIndex(path: fixture.path, storeID: Fixture.storeID)
        try await index.checkWritable()
        await #expect(throws: IndexError.damaged) {
            try await index.write { tx in try tx.insert(Message.sample(in: fixture.agent)) }
        }
        await #expect(throws: IndexError.damaged) { try await index.checkWritable() }
    }

    @Test("Commits behind a damaged place of the log are missed; the end that a crash cut off is not")
    func lostCommits() async throws {
        let fixture = try await Fixture()
        for _ in 1...3 { try await fixture.send() }
        let log = try Data(contentsOf: URL(fileURLWithPath: fixture.path + "-wal"))
        let index = try Data(contentsOf: URL(fileURLWithPath: fixture.path))
        let frames = (log.count - 32) / 4120
        #expect(frames > 6)
        func opened(_ change: (inout Data) -> Void) throws -> Bool {
            var log = log
            change(&log)
            let copy = "\(fixture.directory)/\(UUID().uuidString)"
            try index.write(to: URL(fileURLWithPath: copy))
            try log.write(to: URL(fileURLWithPath: copy + "-wal"))
            let opened = try StoreIndex(path: copy, storeID: Fixture.storeID)
            defer { opened.close() }
            return opened.hasLostCommits
        }
        #expect(try !opened { _ in })
        #expect(try !opened { $0.removeLast(2000) })
        #expect(try opened { $0[32 + 4120 * (frames / 2) + 1000] ^= 1 })
    }
}

extension Fixture {
    func fileSize(_ suffix: String = "") throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path + suffix)
        return attributes[.size] as? Int ?? -1
    }

    fileprivate func freeBytes() throws -> Int64 {
        let attributes = try FileManager.default.attributesOfFileSystem(forPath: directory)
        return (attributes[.systemFreeSize] as? NSNumber)?.int64Value ?? -1
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
