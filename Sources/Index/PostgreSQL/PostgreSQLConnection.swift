import CPostgreSQL
import Glibc
import Synchronization

/// A connection to PostgreSQL, used by one thread at a time, which it blocks.
///
/// It stays in libpq's pipeline mode: commands without an answer of interest (BEGIN, SAVEPOINT, RELEASE) wait until the
/// next statement, and travel with it. A statement is prepared by the server when it first runs, in the same message.
///
/// Once the connection is lost it stays so: whoever has it opens another one.
package final class PostgreSQLConnection: @unchecked Sendable {
    let handle: OpaquePointer
    /// For ``cancel()``, which other threads call.
    private let cancelHandle: OpaquePointer?
    private var statements: [String: PreparedStatement] = [:]
    /// Commands that go ahead of the next statement.
    private var queued: [String] = []
    private var isInside = false
    /// How long the server may take for an answer; nil for as long as it wants. After that the connection counts as lost.
    var patience: Duration?
    /// While it is set, statements do not begin once it is cancelled.
    var cancellation: Cancellation?
    #if DEBUG
        /// Called before each commit, which fails with what it throws; for the tests.
        package var willCommit: (() throws -> Void)?
        /// Called after each commit, whose answer counts as lost when it throws; for the tests.
        package var didCommit: (() throws -> Void)?
        /// Told of each statement that a server has run; for the tests.
        static let observer = Mutex<Observer?>(nil)
        /// A function in the mutex itself would get another wrapper each time somebody looks.
        struct Observer: Sendable { let didRun: @Sendable (String) -> Void }
    #endif

    /// Connects as `server` says, and makes sure that everything is read and written in one way.
    ///
    /// - Throws: ``PostgreSQLError``.
    package init(to server: PostgreSQLServer) throws {
        guard let opened = server.open() else { throw PostgreSQLError.noMemory }
        guard PQstatus(opened) == CONNECTION_OK else {
            defer { PQfinish(opened) }
            throw PostgreSQLError(ofConnection: opened)
        }
        handle = opened
        cancelHandle = PQgetCancel(opened)
        // What the server tells besides, such as that a table is already there, is no business of standard error.
        PQsetNoticeProcessor(opened, { _, _ in }, nil)
        try run(script: server.sessionSettings)
        PQenterPipelineMode(handle)
    }

    /// The same for who has nothing to go on with.
    ///
    /// - Throws: ``IndexError/unreachable(_:)``; ``PostgreSQLError``.
    convenience init(reaching server: PostgreSQLServer) throws {
        do {
            try self.init(to: server)
        } catch let error as PostgreSQLError where error.isLoss {
            throw IndexError.unreachable(error.message)
        }
    }

    deinit {
        PQfreeCancel(cancelHandle)
        PQfinish(handle)
    }

    /// False once the connection is lost.
    var isOpen: Bool { PQstatus(handle) == CONNECTION_OK }

    /// Makes the server stop the statement that is running. Any thread may call it; it blocks until the server has heard.
    func cancel() {
        var reason = [CChar](repeating: 0, count: 256)
        PQcancel(cancelHandle, &reason, CInt(reason.count))
    }

    // MARK: Statements

    /// Runs a statement and reads its rows one by one, until there are no more or `read` returns false.
    func rows(_ sql: String, _ arguments: Arguments, while read: (Row) throws -> Bool) throws {
        _ = try perform(sql, arguments, read)
    }

    /// Runs a statement to its end. Returns how many rows it inserted, changed or deleted itself; cascades do not
    /// count.
    @discardableResult
    func execute(_ sql: String, _ arguments: Arguments) throws -> Int {
        try perform(sql, arguments) { _ in true }.changes
    }

    /// Runs statements without arguments, one after the other.
    package func run(script: String) throws {
        try sendQueued()
        PQexitPipelineMode(handle)
        defer { PQenterPipelineMode(handle) }
        let answer = PQexec(handle, script)
        defer { PQclear(answer) }
        let status = PQresultStatus(answer)
        guard status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK else {
            throw failure(answer)
        }
    }

    /// Sends commands and the statement in one message, and reads all answers. The first error is thrown once all are
    /// read, and so is what `read` throws: the connection is then ready for the next statement.
    private func perform(_ sql: String, _ arguments: Arguments, _ read: (Row) throws -> Bool) throws -> Ending {
        if cancellation?.isCancelled == true { throw CancellationError() }
        let parameters = Parameters(arguments)
        let prepared = statements[sql]
        let statement: PreparedStatement
        if let prepared, parameters.fit(prepared.types) {
            statement = prepared
        } else {
            let types = parameters.types(given: prepared?.types)
            statement = PreparedStatement(name: "s\(PreparedStatement.next())", types: types)
        }
        let mustPrepare = statement.name != prepared?.name
        let ahead = queued
        queued = []
        for command in ahead { send(PQsendQueryParams(handle, command, 0, nil, nil, nil, nil, 1)) }
        if mustPrepare {
            let text = Dialect.postgreSQL(sql)
            send(PQsendPrepare(handle, statement.name, text, CInt(statement.types.count), statement.types))
        }
        parameters.withPointers { values, lengths, formats in
            send(PQsendQueryPrepared(handle, statement.name, CInt(arguments.count), values, lengths, formats, 1))
        }
        send(PQpipelineSync(handle))

        var answers = Answers(self)
        for _ in ahead { answers.skipOne() }
        if mustPrepare, answers.skipOne() { statements[sql] = statement }
        let ending = answers.readLast(read)
        try answers.end()
        #if DEBUG
            if mustPrepare { Self.observer.withLock { $0?.didRun(sql) } }
        #endif
        return ending
    }

    /// Sends what would go ahead of the next statement.
    func sendQueued() throws {
        guard !queued.isEmpty else { return }
        let ahead = queued
        queued = []
        for command in ahead { send(PQsendQueryParams(handle, command, 0, nil, nil, nil, nil, 1)) }
        send(PQpipelineSync(handle))
        var answers = Answers(self)
        for _ in ahead { answers.skipOne() }
        try answers.end()
    }

    /// Takes what libpq says of something to send. Answers would not fit to commands of which one was not sent: the
    /// connection is given up, and that is told where the answers are read.
    private func send(_ result: CInt) {
        if result != 1 { giveUp() }
    }

    /// Closes the connection below libpq, which then knows that it is lost.
    func giveUp() { shutdown(PQsocket(handle), CInt(SHUT_RDWR)) }

    /// What went wrong, by an answer or by the state of the connection.
    func failure(_ answer: OpaquePointer?) -> PostgreSQLError {
        let error = PostgreSQLError(ofAnswer: answer, on: handle)
        if error.isLoss {
            isInside = false
            giveUp()
        }
        return error
    }

    // MARK: Transactions

    /// Runs a command together with the next statement. Its failure is that statement's.
    func queue(_ command: String) { queued.append(command) }

    /// Begins a transaction together with the next statement, and with commands that come first in it.
    func begin(_ mode: String = "", _ commands: String...) {
        queued = ["BEGIN" + (mode.isEmpty ? "" : " " + mode)] + commands
        isInside = true
    }

    /// - Throws: ``PostgreSQLError``. If the connection was lost, the transaction may have been committed or not.
    func commit() throws {
        #if DEBUG
            try willCommit?()
        #endif
        defer { isInside = false }
        // Nothing was ever sent.
        if queued.first?.hasPrefix("BEGIN") == true { return queued = [] }
        let ending = try perform("COMMIT", []) { _ in true }
        // What PostgreSQL answers when a statement had failed.
        if ending.tag == "ROLLBACK" { throw PostgreSQLError.failedTransaction }
        #if DEBUG
            try didCommit?()
        #endif
    }

    /// Undoes the transaction, if there is one. On a lost connection the server does that by itself.
    func rollBack() {
        defer { isInside = false }
        let wasSent = queued.first?.hasPrefix("BEGIN") != true
        queued = []
        if isInside, wasSent { _ = try? execute("ROLLBACK", []) }
    }

    /// Runs `body` in a transaction, and commits it; or undoes it when `body` or the commit fails.
    package func transaction(_ mode: String = "", _ body: () throws -> Void) throws {
        begin(mode)
        do {
            try body()
            try commit()
        } catch {
            rollBack()
            throw error
        }
    }

    /// Runs `body` in a savepoint of the transaction. When it throws, its changes are undone.
    func savepoint(_ body: () throws -> Void) throws {
        queued.append(Self.savepoint)
        do {
            try body()
            // A statement failed and `body` did not tell: nothing that it did can be kept.
            if PQtransactionStatus(handle) == PQTRANS_INERROR { throw PostgreSQLError.failedTransaction }
            if queued.last == Self.savepoint { queued.removeLast() } else { queued.append("RELEASE unit") }
        } catch {
            guard isInsideTransaction else { throw error }
            if queued.last == Self.savepoint {
                queued.removeLast()
            } else {
                queued = ["ROLLBACK TO unit", "RELEASE unit"]
            }
            throw error
        }
    }

    private static let savepoint = "SAVEPOINT unit"

    /// False after an error that ended the whole transaction: a lost connection.
    var isInsideTransaction: Bool { isInside && isOpen }
}
