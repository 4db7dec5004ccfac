import Foundation
import Index
import Testing

@testable import App

@Suite("Configuration of the index")
struct IndexConfigurationTests {
    private static let location = "postgresql://placet@db.example.org/files?sslmode=verify-full"

    private func server(
        _ location: String = location,
        arguments: [String: String] = [:],
        _ environment: [String: String] = [:]
    ) throws -> PostgreSQLServer? {
        var environment = environment
        if arguments["index"] == nil { environment["PLACET_INDEX"] = location }
        return try Values(arguments: arguments, environment: environment)
            .postgreSQL(isArgument: arguments["index"] != nil)
    }

    private func refusal(_ body: () throws -> Void) -> String? {
        do { try body() } catch { return "\(error)" }
        return nil
    }

    @Test("a file is the default; a location of PostgreSQL comes from an argument or the environment")
    func location() throws {
        #expect(try Values(arguments: [:], environment: [:]).postgreSQL(isArgument: false) == nil)
        #expect(try server()?.name == "db.example.org/files")
        let local = try server(arguments: ["index": "postgres:///files?host=/run/postgresql"])
        #expect(local?.name == "/run/postgresql/files")
    }

    @Test(
        "what is no location is refused, and not repeated",
        arguments: ["", "files.sqlite", "postgresql://a:b@c:d@e:f/secret?x=y"]
    )
    func noLocation(text: String) {
        let refusal = refusal { _ = try server(text) }
        #expect(refusal?.hasPrefix("PLACET_INDEX (or --index) must be a URL such as postgresql://") == true)
        #expect(refusal?.contains("secret") == false)
    }

    @Test("a password in an argument is refused, however it is written; in the environment or a file it is not")
    func password() throws {
        for location in ["postgresql://placet:secret@db/files", "postgresql://placet@db/files?password=secret"] {
            let refusal = refusal { _ = try server(arguments: ["index": location]) }
            #expect(refusal?.contains("PLACET_INDEX_PASSWORD_FILE") == true)
            #expect(refusal?.contains("secret") == false)
            #expect(try server(location) != nil)
        }
        #expect(try server(arguments: ["index": Self.location], ["PLACET_INDEX_PASSWORD": "secret"]) != nil)
        let path = FileManager.default.temporaryDirectory.appending(path: "index-password-\(UUID())").path
        #expect(refusal { _ = try server(Self.location, ["PLACET_INDEX_PASSWORD_FILE": path]) }?.contains(path) == true)
        try "secret\n".write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(try server(Self.location, ["PLACET_INDEX_PASSWORD_FILE": path]) != nil)
        let both = ["PLACET_INDEX_PASSWORD_FILE": path, "PLACET_INDEX_PASSWORD": "x"]
        #expect(
            refusal { _ = try server(Self.location, both) }
                == "PLACET_INDEX_PASSWORD is set, and so is PLACET_INDEX_PASSWORD_FILE: take one"
        )
    }

    @Test("a password for no server is refused")
    func passwordAlone() {
        let refusal = refusal {
            let values = Values(arguments: [:], environment: ["PLACET_INDEX_PASSWORD": "x"])
            _ = try values.postgreSQL(isArgument: false)
        }
        #expect(refusal?.hasPrefix("PLACET_INDEX_PASSWORD is set, but PLACET_INDEX is not") == true)
    }

    @Test("PostgreSQL with the files in this machine's folder is refused")
    func filesOnDisk() {
        #expect(throws: ConfigurationError.self) {
            try ServerConfiguration(arguments: ["index": Self.location], environment: [:])
        }
    }

    @Test(
        "a start that fails on PostgreSQL says why",
        arguments: [
            (IndexError.unreachable("no route"), "it cannot be reached: no route"),
            (.unsuitableServer("it is PostgreSQL 13"), "it is PostgreSQL 13"),
            (.newerSchema, "a newer placet made its tables; start that one"),
            (.readOnly, "it is a standby and takes no writes; name the primary"),
            (.refused(state: "42501", "permission denied"), "permission denied (SQLSTATE 42501)"),
        ]
    )
    func startFailures(error: IndexError, words: String) throws {
        let failure = StartFailure.explaining(error, try #require(try server()))
        #expect("\(failure)" == "The index on db.example.org/files: \(words)")
    }
}
