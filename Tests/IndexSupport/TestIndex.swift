import Foundation
import Testing

@testable import Index

/// Where the index of one test is: in a file of SQLite, or in a database of PostgreSQL (`PLACET_TEST_INDEX=postgresql`)
/// that nobody else has meanwhile.
package struct TestIndex: Sendable {
    package static let isPostgreSQL = ProcessInfo.processInfo.environment["PLACET_TEST_INDEX"] == "postgresql"

    package let location: IndexLocation

    /// - Parameter path: of the file.
    package init(file path: String) throws {
        location = Self.isPostgreSQL ? .postgreSQL(try PostgreSQLCluster.shared.get().lendDatabase()) : .file(path)
    }

    package func open(storeID: String, timePerGroup: Duration = CommitQueue.timePerGroup) throws -> StoreIndex {
        switch location {
        case .file(let path): try StoreIndex(path: path, storeID: storeID, timePerGroup: timePerGroup)
        case .postgreSQL(let server): try StoreIndex(on: server, newStoreID: storeID, timePerGroup: timePerGroup)
        }
    }

    /// A connection of somebody else, who sees only what is committed.
    package func connect() throws -> Database {
        switch location {
        case .file(let path): try Database(path: path, .readWrite)
        case .postgreSQL(let server): .postgreSQL(try PostgreSQLConnection(to: server))
        }
    }

    /// Comes after the index was closed: other tests may have the database now.
    package func giveBack() {
        if case .postgreSQL(let server) = location { try? PostgreSQLCluster.shared.get().takeBack(server) }
    }
}

extension Trait where Self == ConditionTrait {
    /// For what only SQLite has: its file, log and snapshots, its full-text index, its plans.
    package static var onlySQLite: Self { .disabled(if: TestIndex.isPostgreSQL, "of SQLite") }
}
