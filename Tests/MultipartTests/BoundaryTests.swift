import Testing

@testable import Multipart

@Suite("The boundary in the Content-Type of the request")
struct BoundaryTests {
    @Test(
        "is read quoted or not, in any letter case of its name",
        arguments: [
            ("multipart/form-data; boundary=abc", "abc"),
            ("multipart/form-data;boundary=abc;charset=utf-8", "abc"),
            ("Multipart/Form-Data ; charset=utf-8 ; BOUNDARY = \"abc\" ", "abc"),
            ("multipart/form-data; boundary=\"a b;c=d\"", "a b;c=d"),
            ("multipart/form-data; boundary=----=_Part_1_2.3", "----=_Part_1_2.3"),
            ("multipart/form-data; boundary='()+_,-./:=?", "'()+_,-./:=?"),
            ("multipart/form-data; boundary=\"a%22b\"", "a%22b"),
            ("multipart/form-data; boundary={6f9619ff}", "{6f9619ff}"),
            (
                "multipart/form-data; boundary=" + String(repeating: "x", count: 70),
                String(repeating: "x", count: 70)
            ),
        ]
    )
    func read(contentType: String, expected: String) throws {
        #expect(try MultipartBoundary(contentType: contentType).value == expected)
    }

    @Test(
        "belongs to multipart/form-data and to nothing else",
        arguments: [
            "", "text/plain", "multipart/mixed; boundary=b", "application/json", "multipart/form-data2; boundary=b",
            "boundary=b", "; boundary=b", "multipart; boundary=b", "multipart/form-data, boundary=b",
        ]
    )
    func notMultipart(contentType: String) {
        #expect(throws: MultipartError.notMultipart) { try MultipartBoundary(contentType: contentType) }
    }

    @Test(
        "is there once, and is 1 to 70 printable ASCII characters",
        arguments: [
            "multipart/form-data", "multipart/form-data;",
            "multipart/form-data; boundary", "multipart/form-data; boundary=",
            "multipart/form-data; boundary=\"\"", "multipart/form-data; xboundary=b",
            "multipart/form-data; boundary=" + String(repeating: "x", count: 71),
            "multipart/form-data; boundary=\"a\r\nb\"", "multipart/form-data; boundary=a\rb",
            "multipart/form-data; boundary=a\0",
            "multipart/form-data; boundary=\"a\tb\"", "multipart/form-data; boundary=\"a\u{7F}\"",
            "multipart/form-data; boundary=é", "multipart/form-data; boundary=\"a \"",
            "multipart/form-data; boundary=a b",
            "multipart/form-data; boundary=a; boundary=b",
            "multipart/form-data; boundary=a, multipart/form-data; boundary=a",
        ]
    )
    func invalid(contentType: String) {
        #expect(throws: MultipartError.invalidBoundary) { try MultipartBoundary(contentType: contentType) }
    }
}
