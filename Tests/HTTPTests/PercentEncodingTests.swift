import Testing

@testable import HTTP

@Suite("Percent-encoding")
struct PercentEncodingTests {
    @Test("everything but letters, digits and -._~ is encoded, byte by byte")
    func encoding() {
        #expect("aZ09-._~".percentEncoded == "aZ09-._~")
        #expect("a b+c/d?e&f=g%\n".percentEncoded == "a%20b%2Bc%2Fd%3Fe%26f%3Dg%25%0A")
        #expect("é€".percentEncoded == "%C3%A9%E2%82%AC")
    }

    @Test("what was encoded is decoded, and a plus is a plus", arguments: ["", "a b", "50%", "é/€?", "1+1", "\0"])
    func decoding(text: String) {
        #expect(text.percentEncoded.percentDecoded == text)
        #expect("1+1%2b".percentDecoded == "1+1+")
    }

    @Test(
        "missing or wrong digits, and bytes that are no UTF-8, are nothing",
        arguments: ["%", "a%2", "%2x", "%+1", "%ff", "%c3"]
    )
    func wrong(text: String) {
        #expect(text.percentDecoded == nil)
    }
}
