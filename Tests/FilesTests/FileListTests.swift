import HTTP
import HTTPTypes
import Hummingbird
import JSON
import TestSupport
import Testing

@Suite("Lists of files")
struct FileListTests {
    @Test("a list is newest first, and of its channel alone")
    func order() async throws {
        try await withServer { server in
            let (owner, other) = (try await server.owner(), try await server.owner())
            var ids: [String] = []
            for number in 0..<5 { ids.append(try await owner.storedID("\(number)")) }
            _ = try await other.storedID("elsewhere")

            let list = try await owner.send(.get, "/api/v1/files?channel=\(owner.channel)")
            #expect(list.json.elements.compactMap { $0["id"]?.text } == ids.reversed())
            #expect(try await page(owner, "limit=2").ids == Array(ids.reversed().prefix(2)))
        }
    }

    @Test("an empty channel is an empty array, and has no next")
    func empty() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            #expect(try await owner.send(.get, "/api/v1/files?channel=\(owner.channel)").text == "[]")
            let page = try await owner.send(.get, "/api/v1/files?channel=\(owner.channel)&limit=5")
            #expect(page.text == "[]" && page.next == nil)
        }
    }

    @Test("there is a link to the next page exactly when something follows")
    func lastPage() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            for number in 0..<4 { _ = try await owner.storedID("\(number)") }
            for (limit, sizes) in [(1, [1, 1, 1, 1]), (2, [2, 2]), (3, [3, 1]), (4, [4]), (5, [4])] {
                #expect(try await pages(owner, limit: limit).map(\.count) == sizes, "limit \(limit)")
            }
        }
    }

    @Test("pages never repeat or skip a file while others insert and delete, not even the one the cursor names")
    func underChange() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            var ids: [String] = []
            for number in 0..<25 { ids.append(try await owner.storedID("\(number)")) }
            let deletedAhead = ids[2]

            var isFirst = true
            let pages = try await pages(owner, limit: 4) { page in
                // New ones in front, the last one seen gone, and once also one that is still to come.
                _ = try await owner.storedID("new after \(page.last ?? "")")
                #expect(try await owner.send(.delete, "/api/v1/files/\(page.last ?? "")").status == 200)
                if isFirst { _ = try await owner.send(.delete, "/api/v1/files/\(deletedAhead)") }
                isFirst = false
            }
            #expect(pages.flatMap { $0 } == ids.reversed().filter { $0 != deletedAhead })
        }
    }

    @Test("a cursor serves the same page again, in either case of its letters")
    func cursorIsStable() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            for number in 0..<5 { _ = try await owner.storedID("\(number)") }
            let first = try await page(owner, "limit=2")
            let cursor = try #require(first.ids.last)
            let second = try await page(owner, "limit=2&cursor=\(cursor)")
            #expect(try await page(owner, "limit=2&cursor=\(cursor.uppercased())").ids == second.ids)
            #expect(try await page(owner, "cursor=\(cursor)").ids.count == 3)
        }
    }

    private func page(_ owner: Owner, _ query: String) async throws -> (ids: [String], next: String?) {
        try await page(owner, at: "?channel=\(owner.channel)&\(query)")
    }

    private func page(_ owner: Owner, at reference: String) async throws -> (ids: [String], next: String?) {
        let answer = try await owner.send(.get, "/api/v1/files\(reference)")
        try #require(answer.status == 200, "\(answer.text)")
        return (answer.json.elements.compactMap { $0["id"]?.text }, answer.next)
    }

    /// The ids of all pages; `between` runs after each page that has a next one.
    private func pages(
        _ owner: Owner,
        limit: Int,
        between: ([String]) async throws -> Void = { _ in }
    ) async throws -> [[String]] {
        var pages: [[String]] = []
        var reference = "?channel=\(owner.channel)&limit=\(limit)"
        while pages.count < 100 {
            let (ids, next) = try await page(owner, at: reference)
            pages.append(ids)
            guard let next else { break }
            reference = next
            try await between(ids)
        }
        return pages
    }
}
