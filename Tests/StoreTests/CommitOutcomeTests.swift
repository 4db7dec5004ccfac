import Blobs
import CSQLite
import Dispatch
import Foundation
import IndexSupport
import Synchronization
import Testing

@testable import Index
@testable import Store

/// What a file leaves when the commit of its rows fails, or finds another index than the look-up before it did.
@Suite("The commit of a file", .timeLimit(.minutes(1)))
struct CommitOutcomeTests {
    private static let hello = Array("hello".utf8)
    /// More than waits in memory: it is in `incoming/` before it is published.
    private static let large = [UInt8](repeating: 7, count: 600_000)

    /// Stands for a disk that fails at the commit itself, while ``error`` is set.
    private final class FailingCommit: Sendable {
        private let error = Mutex<SQLiteError?>(nil)

        func fail(with code: Int32?) { error.withLock { $0 = code.map(SQLiteError.init) } }

        func commit() throws {
            if let error = error.withLock({ $0 }) { throw error }
        }
    }

    @Test(
        "a commit that certainly failed leaves no bytes, no name in incoming/ and no row, and the next one works",
        arguments: [
            (SQLITE_FULL, IndexError.full), (SQLITE_READONLY, .readOnly), (SQLITE_BUSY, .busy),
        ]
    )
    func certainFailure(code: Int32, error: IndexError) async throws {
        try await withFailingCommit { test, commit async throws in
            for bytes in [Self.hello, Self.large] {
                commit.fail(with: code)
                await #expect(throws: error) { _ = try await test.add(bytes) }
                commit.fail(with: nil)
                #expect(try await test.census() == Census())
            }
            _ = try await test.add(Self.hello)
            let census = try await test.census()
            #expect(census == Census(attachments: 1, blobs: 1, blobFiles: 1))
        }
    }

    @Test("an index that may not grow is full and keeps nothing; with room again the same file is stored", .onlySQLite)
    func fullIndex() async throws {
        try await withStore { test in
            let text = String(repeating: "x", count: 60_000)
            try await test.store.index.write { tx in
                let pages = try Int.fetchOne(tx.db, sql: "PRAGMA page_count") ?? 0
                try tx.db.execute(sql: "PRAGMA max_page_count = \(pages + 3)")
            }
            await #expect(throws: IndexError.full) { try await Self.addInMessage(text, test) }
            #expect(try await test.census() == Census())

            try await test.store.index.write { tx in try tx.db.execute(sql: "PRAGMA max_page_count = 1000000") }
            try await Self.addInMessage(text, test)
            #expect(try await test.census() == Census(attachments: 1, messages: 1, blobs: 1, blobFiles: 1))
        }
    }

    @Test(
        "a commit that may have happened keeps the bytes and their name in incoming/ until the next start finds no row",
        arguments: [SQLITE_IOERR | 3 << 8, SQLITE_IOERR | 19 << 8]  // _WRITE, _SHMSIZE
    )
    func unknownOutcome(code: Int32) async throws {
        try await withFailingCommit { test, commit async throws in
            commit.fail(with: code)
            await #expect(throws: IndexError.failure(code: code)) { _ = try await test.add(Self.hello) }
            commit.fail(with: nil)
            #expect(try await test.census() == Census(blobFiles: 1, incoming: 1))
            #expect(FileManager.default.contents(atPath: try #require(test.blobFiles().first)) == Data(Self.hello))
            test.store.close()
            #expect(try await test.censusAfterRestart() == Census())
        }
    }

    @Test("a unit that failed for no known reason is of unknown outcome too: invariants 1, 2 and 7", .onlySQLite)
    func unknownReason() async throws {
        try await withStore { test in
            let index = test.store.index
            try await index.write { tx in try tx.db.execute(sql: "ALTER TABLE attachments RENAME TO elsewhere") }
            await #expect(throws: IndexError.self) { _ = try await test.add(Self.hello) }
            try await index.write { tx in try tx.db.execute(sql: "ALTER TABLE elsewhere RENAME TO attachments") }
            #expect(try await test.census() == Census(blobFiles: 1, incoming: 1))
            test.store.close()
            #expect(try await test.censusAfterRestart() == Census())
        }
    }

    @Test("a spool of unknown outcome whose bytes the index had already is not left behind")
    func unknownOutcomeOfKnownBytes() async throws {
        try await withFailingCommit { test, commit async throws in
            _ = try await test.add(Self.large)
            commit.fail(with: SQLITE_IOERR | 3 << 8)
            await #expect(throws: IndexError.self) { _ = try await test.add(Self.large) }
            commit.fail(with: nil)
            let census = try await test.census()
            #expect(census == Census(attachments: 1, blobs: 1, blobFiles: 1))
        }
    }

    @Test("published bytes that cannot be removed keep their name in incoming/, and the next start removes them")
    func removalFails() async throws {
        try await withStore { test async throws in
            let blobs = test.store.folder
            await #expect(throws: BlobError.closed) {
                try await test.store.receiving { intake in
                    let file = try await test.receive(Self.hello, intake)
                    try await intake.add([file], in: test.channel.id, by: test.principal) { _, _, _, _ in
                        blobs.close()
                        throw Refusal()
                    }
                }
            }
            #expect(try await test.census() == Census(blobFiles: 1, incoming: 1))
            test.store.close()
            #expect(try await test.censusAfterRestart() == Census())
        }
    }

    @Test(
        "when the blob is taken away at each attempt, the last one gives up and leaves neither bytes nor rows",
        .onlySQLite
    )
    func blobAlwaysVanishes() async throws {
        try await withStore { test in
            let index = test.store.index
            try await index.write { tx in
                try tx.db.execute(
                    sql: """
                        CREATE TRIGGER taker BEFORE INSERT ON attachments
                        BEGIN DELETE FROM blobs WHERE sha256 = NEW.sha256; END
                        """
                )
            }
            for bytes in [Self.hello, Self.large] {
                await #expect(throws: IndexError.missingReference) { _ = try await test.add(bytes) }
                #expect(try await test.census() == Census())
            }
            try await index.write { tx in try tx.db.execute(sql: "DROP TRIGGER taker") }
            _ = try await test.add(Self.hello)
            let census = try await test.census()
            #expect(census == Census(attachments: 1, blobs: 1, blobFiles: 1))
        }
    }

    @Test("bytes whose row goes between the look-up and the commit are published anew, and are read intact")
    func blobVanishes() async throws {
        try await withStore { test in
            _ = try await test.add(Self.hello)
            let index = test.store.index
            let oldKey = try await index.read { try String.fetchOne($0.db, sql: "SELECT key FROM blobs") }
            let (begun, gate) = (AsyncStream.makeStream(of: Void.self), DispatchSemaphore(value: 0))
            // Holds the writer until the file has been looked up and waits with its rows; then takes the row.
            async let collected: Void = index.write { tx in
                begun.continuation.finish()
                gate.wait()
                try tx.db.execute(sql: "DELETE FROM attachments")
                try tx.db.execute(sql: "DELETE FROM blobs")
            }
            for await _ in begun.stream {}
            async let added = test.add(Self.hello)
            for _ in 0..<1000 where index.commits.waitingCount == 0 { try await Task.sleep(for: .milliseconds(5)) }
            let waiting = index.commits.waitingCount
            gate.signal()
            try await collected
            let attachment = try await added

            #expect(waiting == 1)
            #expect(try await test.bytes(of: attachment) == Self.hello)
            let newKey = try await index.read { try String.fetchOne($0.db, sql: "SELECT key FROM blobs") }
            #expect(newKey != nil && newKey != oldKey)
            // The old file is still there: its row was taken by hand, and nobody was told to remove it.
            #expect(try await test.census() == Census(attachments: 1, blobs: 1, blobFiles: 2))
        }
    }

    private struct Refusal: Error {}

    private static func addInMessage(_ text: String, _ test: TestStore) async throws {
        let (messageID, channelID) = (Message.ID.make(), test.channel.id)
        try await test.store.receiving { intake in
            let file = try await test.receive(hello, intake)
            try await intake.add([file], in: channelID, by: test.principal) { tx, _, channel, attach in
                try tx.insert(
                    Message(
                        id: messageID,
                        channelID: channelID,
                        senderType: .agent,
                        senderID: channelID.rawValue,
                        text: text,
                        createdAt: tx.now
                    ),
                    in: channel
                )
                _ = try attach(messageID)
            }
        }
    }

    private func withFailingCommit(_ body: (TestStore, FailingCommit) async throws -> Void) async throws {
        try await withStore { test in
            let commit = FailingCommit()
            try await test.store.index.write { tx in
                tx.db.willCommit = commit.commit
            }
            try await body(test, commit)
        }
    }
}
