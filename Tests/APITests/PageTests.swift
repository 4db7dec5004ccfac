import API
import HTTP
import Index
import NIOCore
import Testing

@Suite("Pages of lists")
struct PageTests {
    @Test(
        "nextCursor is the last row shown, and null exactly when nothing follows",
        arguments: [
            (0, 3, 0, nil), (2, 3, 2, nil), (3, 3, 3, nil), (4, 3, 3, "2"), (2, 1, 1, "0"),
        ] as [(Int, Int, Int, String?)]
    )
    func nextCursor(rows: Int, limit: Int, shown: Int, next: String?) {
        let page = PageJSON(Array(0..<rows), limit: limit, id: { Message.ID(rawValue: String($0)) }, show: { $0 })
        #expect(page.data == Array(0..<shown))
        #expect(page.nextCursor == next)
    }

    @Test("nextCursor is written also when it is null")
    func nullIsWritten() throws {
        let page = PageJSON(["a"], limit: 3, id: { Message.ID(rawValue: $0) }, show: { $0 })
        #expect(String(buffer: try ByteBuffer.json(page)) == #"{"data":["a"],"nextCursor":null}"#)
    }
}
