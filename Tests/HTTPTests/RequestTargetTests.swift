import Testing

@testable import HTTP

@Suite("The target of a request")
struct RequestTargetTests {
    @Test(
        "letters of a path stand for themselves, once; the query and what is no path are left alone",
        arguments: [
            ("/%61gents/%7Ea%2e", "/agents/~a."), ("/%2F%25", "/%2F%25"), ("/a?%61", "/a?%61"),
            // Found by fuzzing: half a code in front of a code became another code.
            ("/%%361", "/%%361"), ("/%6%31", "/%6%31"), ("/%61/%", "/%61/%"), ("/%61/%4?%41", "/%61/%4?%41"),
            ("/%C3%A9/%FF", "/%C3%A9/%FF"),
        ]
    )
    func plainPath(target: String, expected: String) {
        #expect(target.withPlainPath == expected)
        #expect(expected.withPlainPath == expected)
    }
}
