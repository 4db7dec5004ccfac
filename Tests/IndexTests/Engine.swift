import Foundation
import IndexSupport
import Testing

@testable import Index

/// Which engine the suites run over: `PLACET_TEST_INDEX=postgresql` chooses.
enum Engine {
    static let isPostgreSQL = ProcessInfo.processInfo.environment["PLACET_TEST_INDEX"] == "postgresql"

    /// Whether an error says that a CHECK failed.
    static func isFailedCheck(_ error: any Error) -> Bool {
        if case .refused("23514", _)? = error as? IndexError { return true }
        return error as? IndexError == .failure(code: 275)
    }

    /// A database with the tables, to be copied.
    static let template = Result {
        let server = try PostgreSQLCluster.shared.get().makeDatabase()
        try StoreIndex(on: server, newStoreID: Fixture.storeID).close()
        let others = "SELECT count(*) FROM pg_stat_activity WHERE datname = '\(server.database)'"
        let connection = try PostgreSQLCluster.shared.get().connect()
        while try Int.fetchOne(.postgreSQL(connection), sql: others) != 0 { usleep(1000) }
        return server
    }
}

extension Trait where Self == ConditionTrait {
    /// For what only SQLite has: its file, log and snapshots, its full-text index, its plans.
    static var onlySQLite: Self { .disabled(if: Engine.isPostgreSQL, "of SQLite") }
}

extension Querying {
    /// The newest messages of a channel that have the term. On PostgreSQL, both of its ways to find them must agree.
    func search(_ channelID: Agent.ID, _ term: String?, limit: Int) throws -> [Message] {
        let find = { try self.messages(in: self.owned(channelID), limit: limit, search: term).rows.map(\.message) }
        let found = try find()
        if isPostgreSQL { #expect(try PostgreSQLSearch.$mostBytesRead.withValue(0) { try find() } == found) }
        return found
    }
}
