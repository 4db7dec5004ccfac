import IndexSupport
import Testing

@testable import Index

extension IndexError {
    /// Whether it says that a CHECK failed, on either engine.
    var isFailedCheck: Bool {
        if case .refused("23514", _) = self { return true }
        return self == .failure(code: 275)
    }
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
