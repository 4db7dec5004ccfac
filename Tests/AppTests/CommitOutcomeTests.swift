import Dispatch
import Foundation
import GRDB
import HTTP
import HTTPTypes
import JSON
import Synchronization
import Testing

@testable import App
@testable import Index

/// What an upload leaves when the commit of its rows fails, or finds another index than the look-up before it did.
@Suite("The commit of an upload", .timeLimit(.minutes(1)))
struct CommitOutcomeTests {
    /// Stands for a disk that fails at the commit itself, while ``error`` is set.
    private final class FailingCommit: TransactionObserver, Sendable {
        private let error = Mutex<ResultCode?>(nil)

        func fail(with code: ResultCode?) { error.withLock { $0 = code } }

        func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { true }
        func databaseDidChange(with event: DatabaseEvent) {}
        func databaseWillCommit() throws {
            if let code = error.withLock({ $0 }) { throw DatabaseError(resultCode: code) }
        }
        func databaseDidCommit(_ db: Database) {}
        func databaseDidRollback(_ db: Database) {}
    }

    @Test(
        "a commit that certainly failed leaves no bytes, no name in incoming/ and no row, and the next upload works",
        arguments: [(ResultCode.SQLITE_FULL, 507), (.SQLITE_READONLY, 503), (.SQLITE_BUSY, 503)]
    )
    func certainFailure(code: ResultCode, status: Int) async throws {
        try await withFailingCommit { server, owner, commit in
            for route in ["store", "upload"] {
                commit.fail(with: code)
                let answer = try await owner.send(Self.form(owner), to: route)
                commit.fail(with: nil)
                #expect(answer.status == status)
                #expect(answer.json["statusCode"] == .integer(Int64(status)))
                #expect(try await server.census() == Census())
            }
            #expect(try await owner.send(Self.form(owner)).status == 201)
            #expect(try await server.census() == Census(attachments: 1, blobs: 1, blobFiles: 1))
        }
    }

    @Test("an index that may not grow is 507 and leaves nothing; with room again the same upload works")
    func fullIndex() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let text = Form.Part.text(String(repeating: "x", count: 60_000))
            let form = Form(.channel(owner.channel), text, .file(Array("hello".utf8), "a.txt"))
            try await server.assembly.index.write { tx in
                let pages = try Int.fetchOne(tx.db, sql: "PRAGMA page_count") ?? 0
                try tx.db.execute(sql: "PRAGMA max_page_count = \(pages + 3)")
            }
            #expect(try await owner.send(form, to: "upload").status == 507)
            #expect(try await server.census() == Census())

            try await server.assembly.index.write { tx in try tx.db.execute(sql: "PRAGMA max_page_count = 1000000") }
            #expect(try await owner.send(form, to: "upload").status == 201)
            #expect(try await server.census() == Census(attachments: 1, messages: 1, blobs: 1, blobFiles: 1))
        }
    }

    @Test(
        "a commit that may have happened keeps the bytes and their name in incoming/ until the next start finds no row",
        arguments: [(ResultCode.SQLITE_IOERR_WRITE, 500), (.SQLITE_IOERR_SHMSIZE, 507)]
    )
    func unknownOutcome(code: ResultCode, status: Int) async throws {
        try await withFailingCommit { server, owner, commit in
            commit.fail(with: code)
            let answer = try await owner.send(Self.form(owner))
            commit.fail(with: nil)
            #expect(answer.status == status)
            #expect(try await server.census() == Census(blobFiles: 1, incoming: 1))
            #expect(try Data(contentsOf: server.onlyBlobFile()) == Data("hello".utf8))
            try await server.assembly.close()

            let configuration = try Configuration(arguments: ["storage": server.root], environment: [:])
            let next = try await Assembly(configuration, logger: server.log.logger)
            let census = try await TestServer(assembly: next, root: server.root, log: server.log).census()
            try await next.close()
            #expect(census == Census())
        }
    }

    @Test("bytes whose row goes between the look-up and the commit are published anew, and download intact")
    func blobVanishes() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            _ = try await owner.storedID("hello")
            let index = server.assembly.index
            let oldKey = try await index.read { try String.fetchOne($0.db, sql: "SELECT key FROM blobs") }
            let (begun, gate) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
            // Holds the writer until the upload has looked the digest up and waits with its rows; then takes the row.
            async let collected: Void = index.write { tx in
                begun.signal()
                gate.wait()
                try tx.db.execute(sql: "DELETE FROM attachments")
                try tx.db.execute(sql: "DELETE FROM blobs")
            }
            await withCheckedContinuation { continuation in
                DispatchQueue.global().async {
                    begun.wait()
                    continuation.resume()
                }
            }
            async let upload = owner.send(Self.form(owner))
            for _ in 0..<1000 where index.commits.waitingCount == 0 { try await Task.sleep(for: .milliseconds(5)) }
            let waiting = index.commits.waitingCount
            gate.signal()
            try await collected
            let answer = try await upload

            #expect(waiting == 1)
            #expect(answer.status == 201)
            let id = try #require(answer.json["id"]?.text)
            #expect(try await owner.download(id).text == "hello")
            let newKey = try await index.read { try String.fetchOne($0.db, sql: "SELECT key FROM blobs") }
            #expect(newKey != nil && newKey != oldKey)
            // The old file is still there: its row was taken by hand, and nobody was told to remove it.
            #expect(try await server.census() == Census(attachments: 1, blobs: 1, blobFiles: 2))
        }
    }

    private static func form(_ owner: Owner) -> Form {
        Form(.channel(owner.channel), .file(Array("hello".utf8), "a.txt"))
    }

    private func withFailingCommit(_ body: (TestServer, Owner, FailingCommit) async throws -> Void) async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let commit = FailingCommit()
            try await server.assembly.index.write { tx in
                tx.db.add(transactionObserver: commit, extent: .databaseLifetime)
            }
            try await body(server, owner, commit)
        }
    }
}
