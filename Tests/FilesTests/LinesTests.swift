import App
import Foundation
import HTTP
import HTTPTypes
import Index
import JSON
import TestSupport
import Testing

@Suite("Lines of text files")
struct LinesTests {
    /// An answer, as a client reads it.
    private struct Lines: Decodable, Equatable {
        struct Line: Decodable, Equatable {
            let number: Int
            let offset: Int
            let text: String
            var cut: Int?
            var hit: Bool?
        }

        let lines: [Line]
        let next: Int?
        let stopped: String?
        let total: Int

        var numbers: [Int] { lines.map(\.number) }
        var hits: [Int] { lines.filter { $0.hit == true }.map(\.number) }
    }

    private static func lines(_ owner: Owner, _ id: String, _ query: String) async throws -> Lines {
        let answer = try await owner.send(.get, "/api/v1/files/\(id)/lines?\(query)")
        try #require(answer.status == 200, "\(answer.text)")
        return try answer.decoded()
    }

    @Test("A window, the end and hits have numbers and offsets, for agents and users alike")
    func story() async throws {
        try await withServer { server in
            let (person, owner) = try await server.pair()
            let id = try await owner.storedID("one\ntwo\r\nthree\nError: four")
            let window = try await Self.lines(owner, id, "from=2&count=2")
            #expect(
                window.lines == [.init(number: 2, offset: 4, text: "two"), .init(number: 3, offset: 9, text: "three")]
            )
            #expect((window.total, window.next, window.stopped) == (4, 4, nil))
            let all = try await Self.lines(owner, id, "")
            #expect(all.numbers == [1, 2, 3, 4] && all.next == nil)
            #expect(try await Self.lines(owner, id, "from=5").lines.isEmpty)
            #expect(try await Self.lines(owner, id, "tail=2").numbers == [3, 4])
            let found = try await Self.lines(owner, id, "grep=error&case=false&context=1")
            #expect(found.numbers == [3, 4] && found.hits == [4] && found.next == nil)
            #expect(try await Self.lines(owner, id, "grep=%5Et%5Cw%2B%24&regex=true").hits == [2, 3])
            let twin = try await person.send(.get, "files/\(id)/lines?from=2&count=2")
            #expect(try twin.decoded(as: Lines.self) == window)
        }
    }

    @Test("Plain text has the lines alone, by the Accept header or the query, and a Link to what follows")
    func plain() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let id = try await owner.storedID("one\ntwo\r\n<b>three\nfour")
            let path = "/api/v1/files/\(id)/lines"
            let text = try await owner.send(.get, "\(path)?tail=3", [.accept: "text/plain"])
            #expect(text.text == "two\n<b>three\nfour\n")
            #expect(text.headers[.contentType] == "text/plain; charset=utf-8")
            #expect(text.headers[.xContentTypeOptions] == "nosniff")
            #expect(text.headers[.contentSecurityPolicy] == "default-src 'none'; sandbox")
            let first = try await owner.send(.get, "\(path)?count=2&format=text")
            #expect(first.text == "one\ntwo\n" && first.next == "?count=2&format=text&from=3")
            let rest = try await owner.send(.get, path + (try #require(first.next)))
            #expect(rest.text == "<b>three\nfour\n" && rest.next == nil)
            let accepts = [
                ("*/*", false), ("text/plain;q=0.5, application/json;q=0.4", true), ("text/*", true),
                ("application/json, text/plain", false), ("text/plain;q=0", false), ("TEXT/PLAIN", true),
            ]
            for (accept, isPlain) in accepts {
                let answer = try await owner.send(.get, path, [.accept: accept])
                #expect(answer.headers[.contentType]?.hasPrefix("text/plain") == isPlain, "\(accept)")
            }
            let json = try await owner.send(.get, "\(path)?format=json", [.accept: "text/plain"])
            #expect(json.json["total"] == .integer(4))
        }
    }

    @Test("A long line is cut and an answer ends after 1 MiB; both say so")
    func caps() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let long = String(repeating: "x", count: 100_000)
            let id = try await owner.storedID((1...40).map { _ in long }.joined(separator: "\n"))
            let page = try await Self.lines(owner, id, "count=40")
            #expect(page.numbers == Array(1...32) && page.next == 33 && page.stopped == "bytes")
            #expect(page.lines.allSatisfy { $0.cut == 100_000 && $0.text.utf8.count == 32_768 })
            #expect(try await Self.lines(owner, id, "from=33").stopped == nil)
            let tail = try await Self.lines(owner, id, "tail=40")
            #expect(tail.numbers == Array(31...40) && tail.stopped == "bytes")
            let text = try await owner.send(.get, "/api/v1/files/\(id)/lines?count=40&format=text")
            #expect(text.headers[try #require(HTTPField.Name("lines-stopped"))] == "bytes")
            #expect(text.text.split(separator: "\n").allSatisfy { $0.hasSuffix("x… [cut: 100000 bytes]") })
            let end = try await owner.send(.get, "/api/v1/files/\(id)/lines?tail=40&format=text")
            #expect(end.headers[try #require(HTTPField.Name("lines-stopped"))] == "bytes")
            let one = try await owner.storedID(String(repeating: "y", count: 1 << 21))
            #expect(try await Self.lines(owner, one, "tail=5").lines.first?.cut == 1 << 21)
            let last = try await owner.send(.get, "/api/v1/files/\(one)/lines?tail=5&format=text")
            #expect(last.text.hasSuffix("y… [cut: 2097152 bytes]\n"))
        }
    }

    @Test("A search is resumed where it ended, and gives each hit once")
    func resumed() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let id = try await owner.storedID((1...500).map { $0 % 7 == 0 ? "hit \($0)\n" : "\($0)\n" }.joined())
            var (found, next) = ([Int](), Int?(1))
            while let from = next {
                let page = try await Self.lines(owner, id, "grep=hit&limit=10&context=3&from=\(from)")
                #expect(page.hits.count <= 10)
                found += page.hits
                next = page.next
            }
            #expect(found == Array(stride(from: 7, through: 500, by: 7)))
        }
    }

    @Test("The index of a long text is made once for all who ask, and made again when it is damaged")
    func kept() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let id = try await owner.storedID((1...200_000).map { "line \($0)\n" }.joined())
            let folder = server.root + "/derived"
            let both = try await twice { _ in try await Self.lines(owner, id, "from=123456&count=1") }
            #expect(both.allSatisfy { $0.lines.map(\.text) == ["line 123456"] && $0.total == 200_000 })
            let name = try #require(try FileManager.default.contentsOfDirectory(atPath: folder).first)
            let path = "\(folder)/\(name)"
            let index = try #require(FileManager.default.contents(atPath: path))
            #expect(index.count < 1000)
            try FileManager.default.removeItem(atPath: path)
            try index.dropLast(9).write(to: URL(fileURLWithPath: path))
            #expect(try await Self.lines(owner, id, "from=199999").lines.map(\.text) == ["line 199999", "line 200000"])
            #expect(FileManager.default.contents(atPath: path) == index)
        }
    }

    @Test("Bytes that are no text are 415, and parameters that are not valid 400, with what to do")
    func refusals() async throws {
        try await withServer { server in
            let (person, owner) = try await server.pair()
            let picture = try #require(try await owner.store(sample("pixel.png"), "pixel.png")["id"]?.text)
            for query in ["", "?tail=1", "?grep=a", "?format=text"] {
                #expect(try await owner.send(.get, "/api/v1/files/\(picture)/lines\(query)").status == 415)
            }
            let id = try await owner.storedID("a\nb")
            let long = String(repeating: "a", count: 1001)
            let wrong = [
                ("from=0", "from"), ("from=-1", "from"), ("from=x", "from"), ("from=", "from"), ("count=0", "count"),
                ("tail=0", "tail"), ("tail=1&from=2", "from"), ("tail=1&grep=a", "tail"), ("count=1&grep=a", "count"),
                ("regex=true", "regex"), ("context=1", "context"), ("limit=1", "limit"), ("grep=", "grep"),
                ("grep=a%0Ab", "grep"), ("grep=\(long)", "grep"), ("grep=(&regex=true", "grep"),
                ("grep=a&regex=yes", "regex"), ("grep=a&limit=0", "limit"), ("grep=a&context=-1", "context"),
                ("format=xml", "format"),
            ]
            for (query, name) in wrong {
                let answer = try await owner.send(.get, "/api/v1/files/\(id)/lines?\(query)")
                #expect(answer.status == 400 && answer.faults == [name], "\(query): \(answer.text)")
                #expect(try await person.send(.get, "files/\(id)/lines?\(query)").status == 400)
            }
            // More than there may be is lowered, as in lists.
            let many = "count=99999999999999999999"
            #expect(try await Self.lines(owner, id, many).numbers == [1, 2])
        }
    }

    @Test("An expression made to explode ends in time, with an answer")
    func hostile() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let id = try await owner.storedID(String(repeating: "a", count: 200_000))
            #expect(try await Self.lines(owner, id, "grep=(a%2Ba%2B)%2Bb&regex=true").lines.isEmpty)
            let huge = "grep=((a%7B900%7D)%7B900%7D)%7B900%7D&regex=true"
            #expect(try await owner.send(.get, "/api/v1/files/\(id)/lines?\(huge)").status == 400)
        }
    }

    @Test("Who looked is in the audit log, as one who opened the file")
    func audited() async throws {
        try await withServer { server in
            let (person, owner) = try await server.pair()
            let id = try await owner.storedID("a")
            _ = try await owner.send(.get, "/api/v1/files/\(id)/lines")
            _ = try await person.send(.get, "files/\(id)/lines?tail=1&format=text")
            try await server.assembly.auditQueue.store(in: server.assembly.index)
            let openings = try await person.send(.get, "files/\(id)/openings").json["data"]?.elements ?? []
            #expect(openings.count == 2)
        }
    }
}
