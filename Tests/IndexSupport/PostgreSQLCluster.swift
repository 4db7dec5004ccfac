import Foundation
import Synchronization

@testable import Index

/// A PostgreSQL of this run of the tests (`Tests/postgres.sh`), which ends with it.
package final class PostgreSQLCluster: Sendable {
    /// The one that all suites share, with a database for each test.
    package static let shared = Result {
        PostgreSQLConnection.observer.withLock { $0 = .init(didRun: StatementLog().add) }
        return try PostgreSQLCluster()
    }

    package let port: Int
    private let script: Mutex<Script>
    private let lastDatabase = Atomic<Int>(0)
    /// Those that no test has, the one that was given back first before the others.
    private let idleDatabases = Mutex<[PostgreSQLServer]>([])

    private struct Script: ~Copyable {
        let process: Process
        let input: FileHandle
        let output: FileHandle
    }

    /// - Parameter settings: of the server, such as `fsync=on`.
    package init(_ settings: String...) throws {
        let (process, input, output) = (Process(), Pipe(), Pipe())
        let path = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
        process.executableURL = URL(fileURLWithPath: "/\(path)/postgres.sh")
        let folder = "/tmp/placet-pg-\(UUID().uuidString.prefix(8))"
        process.arguments = [folder] + (settings.isEmpty ? ["fsync=off"] : settings)
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let words = Self.line(output.fileHandleForReading).split(separator: " ")
        guard words.count == 3, words[0] == "ready", let port = Int(words[2]) else { throw Failure.noServer }
        self.port = port
        script = Mutex(
            Script(process: process, input: input.fileHandleForWriting, output: output.fileHandleForReading)
        )
    }

    package enum Failure: Error { case noServer }

    /// A new database, which is empty.
    package func makeDatabase() throws -> PostgreSQLServer {
        let name = "test\(lastDatabase.wrappingAdd(1, ordering: .relaxed).newValue)"
        try connect().run(script: "CREATE DATABASE \(name)")
        return try server(name)
    }

    /// A database for one test. To make one takes longer than most tests, so those that were given back are emptied.
    func lendDatabase() throws -> PostgreSQLServer {
        while let server = idleDatabases.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) {
            if try isEmptied(server) { return server }
        }
        return try makeDatabase()
    }

    func takeBack(_ server: PostgreSQLServer) { idleDatabases.withLock { $0.append(server) } }

    /// Leaves of a database what the files of the schema have made. False when somebody still has it open.
    private func isEmptied(_ server: PostgreSQLServer) throws -> Bool {
        let connection = try PostgreSQLConnection(to: server)
        let others = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        if try Reader(connection: .postgreSQL(connection)).exists(others) { return false }
        try connection.run(
            script: """
                DO $$ DECLARE name text; BEGIN
                    SET LOCAL session_replication_role = replica; -- Neither triggers nor foreign keys.
                    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'schema_files'
                    LOOP EXECUTE 'DELETE FROM ' || name; END LOOP;
                    PERFORM setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false) FROM pg_sequences;
                END $$
                """
        )
        return true
    }

    package func server(_ database: String = "postgres") throws -> PostgreSQLServer {
        guard let server = PostgreSQLServer(location: "postgresql://placet@127.0.0.1:\(port)/\(database)") else {
            throw Failure.noServer
        }
        return server
    }

    package func connect() throws -> PostgreSQLConnection { try PostgreSQLConnection(to: server()) }

    /// Does to the server what the script calls so: `kill`, `stop` or `start`.
    package func order(_ word: String) throws {
        let answer = script.withLock { script in
            script.input.write(Data("\(word)\n".utf8))
            return Self.line(script.output)
        }
        guard answer == "done" else { throw Failure.noServer }
    }

    private static func line(_ file: FileHandle) -> String {
        var line = Data()
        while let byte = try? file.read(upToCount: 1), byte.first != UInt8(ascii: "\n"), !byte.isEmpty { line += byte }
        return String(decoding: line, as: UTF8.self)
    }
}

/// Keeps each statement that PostgreSQL has run, once, with a NUL after it, in the file that `STATEMENTS_OF_POSTGRESQL`
/// names. `Tests/Process/test_statements.py` compares them with SQLite's.
private final class StatementLog: Sendable {
    private let texts = Mutex<Set<String>>([])
    private let path = ProcessInfo.processInfo.environment["STATEMENTS_OF_POSTGRESQL"]

    @Sendable func add(_ text: String) {
        guard let path, texts.withLock({ $0.insert(text).inserted }) else { return }
        let file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        let bytes = Array(text.utf8) + [0]
        precondition(file >= 0 && write(file, bytes, bytes.count) == bytes.count, "cannot write \(path)")
        close(file)
    }
}
