import Foundation
import IndexSupport
import Testing

@testable import Index

@Suite("The schema", .onlySQLite)
struct SchemaTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

    /// To write the kept copy anew after a change, and see in its diff what has changed:
    ///
    ///     WRITE_SCHEMA=1 swift test --filter SchemaTests
    @Test("of a fresh index is that of the kept copy, `schema.sql`")
    func wholeSchema() async throws {
        let fixture = try await Fixture()
        let schema = try await fixture.index.read { try Self.print($0.db) }
        let copy = Self.folder.appending(path: "schema.sql")
        if ProcessInfo.processInfo.environment["WRITE_SCHEMA"] != nil {
            try schema.write(to: copy, atomically: true, encoding: .utf8)
        }
        #expect(schema == (try String(contentsOf: copy, encoding: .utf8)))
    }

    @Test("is made by the files as they are in `Sources/CSchema`, from 0001.sql on without a gap")
    func files() throws {
        let sources = Self.folder.appending(path: "../../Sources/CSchema")
        let names = try FileManager.default.contentsOfDirectory(atPath: sources.path).filter { $0.hasSuffix(".sql") }
        #expect(names.sorted() == (1...Schema.files.count).map { String(format: "%04d.sql", $0) })
        for (name, text) in zip(names.sorted(), Schema.files) {
            #expect(try String(contentsOf: sources.appending(path: name), encoding: .utf8) == text)
        }
    }

    /// Each table with its indexes and triggers, without what SQLite and FTS5 add by themselves.
    private static func print(_ db: Database) throws -> String {
        let statements = try String.fetchAll(
            db,
            sql: """
                SELECT sql FROM sqlite_schema
                WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%'
                    AND NOT (type = 'table' AND name GLOB 'message_search_*')
                ORDER BY tbl_name, type <> 'table', name
                """
        )
        return statements.map { $0 + ";\n" }.joined(separator: "\n")
    }
}
