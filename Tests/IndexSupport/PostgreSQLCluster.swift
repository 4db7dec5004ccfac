import Foundation
import Synchronization

@testable import Index

/// A PostgreSQL of this run of the tests (`Tests/postgres.sh`), which ends with it.
package final class PostgreSQLCluster: Sendable {
    /// The one that all suites share, with a database for each test.
    package static let shared = Result { try PostgreSQLCluster() }

    package let port: Int
    private let script: Mutex<Script>
    private let lastDatabase = Atomic<Int>(0)

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

    /// A new database: empty, or a copy of one that nobody is connected to.
    package func makeDatabase(from template: PostgreSQLServer? = nil) throws -> PostgreSQLServer {
        let name = "test\(lastDatabase.wrappingAdd(1, ordering: .relaxed).newValue)"
        try connect().run(script: "CREATE DATABASE \(name) TEMPLATE \(template?.database ?? "template1")")
        return try server(name)
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

extension PostgreSQLServer {
    /// Of those that the cluster makes.
    package var database: String { String(location.split(separator: "/").last ?? "") }
}
