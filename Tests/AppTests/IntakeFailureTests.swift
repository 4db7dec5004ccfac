import Foundation
import GRDB
import HTTPTypes
import Index
import Testing

@testable import App

/// What becomes of bytes and rows when the store fails at the point where a 201 is earned.
@Suite("Failures of the store")
struct IntakeFailureTests {
    @Test(
        "a commit of unknown outcome keeps its bytes; the next start finds no row and removes them (invariants 1, 2, 7)"
    )
    func unknownOutcome() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            // An error that SQLite gives no reason for, as an I/O error would be: nobody can tell what was stored.
            try await rename("attachments", to: "elsewhere", in: server)
            let answer = try await owner.send(Form(.channel(owner.channel), .file(Array("doubtful".utf8), "a.txt")))
            #expect(answer.status == 500)
            try await rename("elsewhere", to: "attachments", in: server)

            let after = try await server.census()
            #expect(after.blobFiles == 1, "it may be a committed file's only copy")
            #expect(after.blobs == 0)

            try await server.assembly.close()
            let configuration = try Configuration(arguments: ["storage": server.root], environment: [:])
            let next = try await Assembly(configuration, logger: server.log.logger)
            let restarted = TestServer(assembly: next, root: server.root, log: server.log)
            let census = try await restarted.census()
            try await next.close()
            #expect(census == Census())
        }
    }

    @Test("a refusal of the index that is certain leaves neither bytes nor rows")
    func certainFailure() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let form = Form(.channel(owner.channel), .file(Array("refused".utf8), "a.txt"))
            // Somebody takes the blob away at the last moment, each time: the foreign key fails, each attempt publishes
            // anew, and the last gives up.
            try await server.assembly.index.write { tx in
                try tx.db.execute(
                    sql: """
                        CREATE TRIGGER taker BEFORE INSERT ON attachments
                        BEGIN DELETE FROM blobs WHERE sha256 = NEW.sha256; END
                        """
                )
            }
            #expect(try await owner.send(form).status == 500)
            var census = try await server.census()
            #expect(census == Census())
            try await server.assembly.index.write { tx in try tx.db.execute(sql: "DROP TRIGGER taker") }
            #expect(try await owner.send(form).status == 201)
            census = try await server.census()
            #expect((census.blobFiles, census.incoming) == (1, 0))
        }
    }

    @Test("bytes that are fewer than the index says are never served as whole", arguments: [10, 100_000])
    func truncated(size: Int) async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let file = try await owner.store(Array(repeating: 7, count: size))
            let id = try #require(file["id"]?.text)
            let path = try server.onlyBlobFile().path
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
            try FileHandle(forWritingTo: URL(fileURLWithPath: path)).truncate(atOffset: UInt64(size / 2))
            #expect(try await owner.download(id).status == 500)
            #expect(try await owner.download(id, [.range: "bytes=0-1"]).status == 500)
        }
    }

    private func rename(_ table: String, to name: String, in server: TestServer) async throws {
        try await server.assembly.index.write { tx in
            try tx.db.execute(sql: "ALTER TABLE \(table) RENAME TO \(name)")
        }
    }
}
