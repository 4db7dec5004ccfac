import CPostgreSQL
import Glibc

/// How a statement ended: how many rows it changed, and what the server calls that.
struct Ending {
    var changes = 0
    var tag = ""
}

/// The answers to one message, read in order until none is left, whatever goes wrong: then the connection can be used
/// again. What went wrong first is told at the end.
struct Answers {
    private let connection: PostgreSQLConnection
    private var error: (any Error)?

    init(_ connection: PostgreSQLConnection) {
        self.connection = connection
    }

    /// Reads the answer to one command, whose rows nobody wants. Returns whether it went well.
    @discardableResult
    mutating func skipOne() -> Bool {
        while let answer = next() {
            defer { PQclear(answer) }
            note(answer)
        }
        return error == nil
    }

    /// Reads the answer to the statement, row by row. When `read` has enough, the rest is let go.
    mutating func readLast(_ read: (Row) throws -> Bool) -> Ending {
        // Else libpq would collect the whole answer first, which can be many messages of 8 MiB.
        if PQsetSingleRowMode(connection.handle) == 0, error == nil { connection.giveUp() }
        var ending = Ending()
        var wantsMore = true
        while let answer = next() {
            defer { PQclear(answer) }
            switch PQresultStatus(answer) {
            case PGRES_SINGLE_TUPLE:
                guard wantsMore, error == nil else { continue }
                do {
                    wantsMore = try read(Row(ofPostgreSQL: answer, columnCount: PQnfields(answer)))
                } catch {
                    self.error = error
                }
            case PGRES_COMMAND_OK, PGRES_TUPLES_OK:
                ending.changes = Int(String(cString: PQcmdTuples(answer))) ?? 0
                ending.tag = String(cString: PQcmdStatus(answer))
            default: note(answer)
            }
        }
        return ending
    }

    /// Reads the mark at the end of the message.
    ///
    /// - Throws: the first error.
    mutating func end() throws {
        // A connection that is lost has no mark: its answers just end.
        if connection.isOpen {
            let mark = next()
            if PQresultStatus(mark) != PGRES_PIPELINE_SYNC, error == nil { error = connection.failure(mark) }
            PQclear(mark)
        }
        if let error { throw error }
        if !connection.isOpen { throw connection.failure(nil) }
    }

    private mutating func note(_ answer: OpaquePointer) {
        switch PQresultStatus(answer) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_SINGLE_TUPLE: break
        // What follows a failure is not run, and says so; the failure itself was noted.
        default: if error == nil { error = connection.failure(answer) }
        }
    }

    /// Nil at the end of one command's answers.
    private mutating func next() -> OpaquePointer? {
        if let patience = connection.patience, !hasAnswer(within: patience) {
            connection.giveUp()
        }
        return PQgetResult(connection.handle)
    }

    private func hasAnswer(within patience: Duration) -> Bool {
        let end = ContinuousClock.now + patience
        while PQisBusy(connection.handle) == 1 {
            let left = ContinuousClock.now.duration(to: end)
            guard left > .zero, connection.waitForBytes(left) else { return false }
            guard PQconsumeInput(connection.handle) == 1 else { return false }
        }
        return true
    }
}

extension PostgreSQLConnection {
    /// Whether something comes from the server within that time. The end of the connection counts as something.
    func waitForBytes(_ time: Duration) -> Bool {
        var wanted = pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
        return poll(&wanted, 1, Int32(max(1, time / .milliseconds(1)))) > 0
    }
}
