import App
import Foundation
import HTTP
import TestSupport
import Testing

@Suite("docs/api.md")
struct DocumentedRoutesTests {
    @Test("the table of routes is that of the server: nothing undocumented, nothing promised that is not there")
    func routes() async throws {
        let page = testsFolder.deletingLastPathComponent().appending(path: "docs/api.md")
        let documented = Self.routes(in: try String(contentsOf: page, encoding: .utf8))
        #expect(documented.count == Set(documented).count, "a route is documented twice")
        try await withServer { server in
            let served = Set(server.assembly.routers.table.routes.map { "\($0.method) \($0.path)" })
            #expect(served.subtracting(documented).sorted() == [])
            #expect(Set(documented).subtracting(served).sorted() == [])
        }
    }

    @Test("rows are read with and without marks, and those for later are left out")
    func rows() {
        let page = """
            | Method | Path | Answers |
            |---|---|---|
            | GET | /a/:id | 200 |
            | `POST` | `/b` | 201 |
            | GET | /c | later |
            | see | /d | 200 |
            GET /e
            """
        #expect(Self.routes(in: page) == ["GET /a/:id", "POST /b"])
    }

    private static let methods: Set = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]

    /// `METHOD /path` of each row of a table that names a method and a path.
    private static func routes(in page: String) -> [String] {
        page.split(separator: "\n").compactMap { line in
            guard line.hasPrefix("|") else { return nil }
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces.union(["`"])) }
            guard cells.count >= 2, methods.contains(cells[0]), cells[1].hasPrefix("/"), !cells.contains("later")
            else { return nil }
            return "\(cells[0]) \(cells[1])"
        }
    }
}
