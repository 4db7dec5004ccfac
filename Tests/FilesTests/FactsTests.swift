import App
import Foundation
import HTTP
import HTTPTypes
import Index
import JSON
import TestSupport
import Testing

@Suite("Facts of files")
struct FactsTests {
    private struct Facts: Decodable, Equatable {
        var lines: Int?
        var errors: Int?
        var warnings: Int?
        var firstError: Int?
        var groups: Int?
        var rows: Int?
        var columns: Int?
        var width: Int?
        var height: Int?
        var seconds: Double?
        var pages: Int?
        var entries: Int?
        var stopped: String?
    }

    private struct File: Decodable {
        let facts: Facts?
    }

    private static func facts(_ owner: Owner, _ file: JSONValue) async throws -> Facts? {
        let id = try #require(file["id"]?.text)
        let answer = try await owner.send(.get, "/api/v1/files/\(id)?facts=true")
        try #require(answer.status == 200, "\(answer.text)")
        return try answer.decoded(as: File.self).facts
    }

    @Test("The file has what its bytes say, and only when one asks, for agents and users alike")
    func story() async throws {
        try await withServer { server in
            let (person, owner) = try await server.pair()
            let log = "2026-11-26T10:00:00Z start\nwarning: x\nerror: y\n2026-11-26T10:00:02.5Z end\n"
            let file = try await owner.store(log, "build.log")
            let expected = Facts(lines: 4, errors: 1, warnings: 1, firstError: 3, groups: 0, seconds: 2.5)
            #expect(try await Self.facts(owner, file) == expected)
            let id = try #require(file["id"]?.text)
            #expect(try await person.send(.get, "files/\(id)?facts=true").decoded(as: File.self).facts == expected)
            for query in ["", "?facts=false"] {
                #expect(try await owner.send(.get, "/api/v1/files/\(id)\(query)").json["facts"] == nil)
            }
            #expect(try await owner.send(.get, "/api/v1/files/\(id)?facts=x").faults == ["facts"])
        }
    }

    @Test("Each kind of file has the facts of its kind, and what is unknown is left out")
    func kinds() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let table = Facts(lines: 2, errors: 0, warnings: 0, groups: 0, rows: 2, columns: 2)
            #expect(try await Self.facts(owner, owner.store("a,b\n1,2\n", "a.csv")) == table)
            let expected = [
                ("photo.jpg", Facts(width: 32, height: 32)), ("film.mp4", Facts(seconds: 0.5)),
                ("page.pdf", Facts(pages: 1)), ("archive.zip", Facts(entries: 2)), ("notes.tar.gz", Facts(entries: 1)),
                ("k-data.gz", Facts()), ("notes.tar.xz", Facts()),
            ]
            for (name, facts) in expected {
                #expect(try await Self.facts(owner, owner.store(sample(name), name)) == facts, "\(name)")
            }
            let empty = try await owner.store([UInt8]())
            #expect(try await Self.facts(owner, empty) == Facts(lines: 0, errors: 0, warnings: 0, groups: 0))
        }
    }

    @Test("What was counted of a long text is kept with the index of its lines")
    func kept() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let file = try await owner.store((1...200_000).map { "line \($0)\n" }.joined() + "ERROR\n", "a.log")
            let facts = Facts(lines: 200_001, errors: 1, warnings: 0, firstError: 200_001, groups: 0)
            #expect(try await Self.facts(owner, file) == facts)
            let folder = server.root + "/derived"
            let name = try #require(try FileManager.default.contentsOfDirectory(atPath: folder).first)
            let kept = try #require(FileManager.default.contents(atPath: "\(folder)/\(name)"))
            #expect(try await Self.facts(owner, file) == facts)
            try kept.dropLast(3).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
            #expect(try await Self.facts(owner, file) == facts)
            #expect(FileManager.default.contents(atPath: "\(folder)/\(name)") == kept)
        }
    }
}
