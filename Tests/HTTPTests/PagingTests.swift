import HTTPTypes
import Hummingbird
import NIOCore
import Testing

@testable import HTTP

@Suite("Paging")
struct PagingTests {
    private static let id = "01890a5d-ac96-774b-bcce-b302099a8057"

    @Test(
        "limit is a positive integer, 50 when absent and at most 100",
        arguments: [
            ("/", 50), ("/?limit=1", 1), ("/?limit=99", 99), ("/?limit=100", 100), ("/?limit=101", 100),
            ("/?limit=007", 7), ("/?limit=1000000000000000000000000000000", 100), ("/?other=3", 50),
        ]
    )
    func limit(path: String, expected: Int) throws {
        #expect(try PageRequest(request(path)) == PageRequest(limit: expected, before: nil))
    }

    @Test(
        "any other limit is 400",
        arguments: [
            "abc", "0", "000", "-1", "1.5", "1e2", "", "+5", "%205", "5%20", "0x10", "٣", "5abc", "null", "1_000",
        ]
    )
    func badLimit(value: String) {
        let error = #expect(throws: APIError.self) { try PageRequest(request("/?limit=\(value)")) }
        #expect(error?.status == .badRequest)
        #expect(error?.fields.map(\.path) == [["limit"]])
    }

    @Test("a cursor is an id as we give them out, in either case", arguments: [id, id.uppercased()])
    func cursor(value: String) throws {
        #expect(try PageRequest(request("/?cursor=\(value)")) == PageRequest(limit: 50, before: Self.id))
    }

    @Test(
        "any other cursor is 400",
        arguments: [
            "abc", "", "0", id + "0", String(id.dropLast()), "null", "'%20OR%201=1", "%00", "~", "{\(id)}",
        ]
    )
    func badCursor(value: String) {
        let error = #expect(throws: APIError.self) { try PageRequest(request("/?cursor=\(value)")) }
        #expect(error?.status == .badRequest)
        #expect(error?.fields.map(\.path) == [["cursor"]])
    }

    @Test("where ids may be of others' making, a cursor is any text")
    func otherCursor() throws {
        let page = try PageRequest(request("/?cursor=team%2Fone"), takesAnyID: true)
        #expect(page == PageRequest(limit: 50, before: "team/one"))
    }

    @Test(
        "the link to what follows has the same query, but for the cursor, and nothing that would end it",
        arguments: [
            ("/a", "?cursor=c"), ("/a?channel=x&limit=2", "?channel=x&limit=2&cursor=c"),
            ("/a?cursor=b&search=two+words%26", "?search=two+words%26&cursor=c"), ("/a?cur%73or=b&x", "?x&cursor=c"),
            ("/a?search=>\"é", "?search=%3E%22%C3%A9&cursor=c"),
        ]
    )
    func link(path: String, reference: String) {
        #expect(request(path).linkToNext("c") == "<\(reference)>; rel=\"next\"")
    }

    private func request(_ path: String) -> Request {
        Request(
            head: HTTPRequest(method: .get, scheme: "http", authority: "localhost", path: path),
            body: RequestBody(buffer: ByteBuffer())
        )
    }
}
