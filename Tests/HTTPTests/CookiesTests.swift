import HTTPTypes
import Testing

@testable import HTTP

@Suite("Cookies")
struct CookiesTests {
    @Test(
        "cookies are told apart by their whole names; one without a name is none of them",
        arguments: [
            ("a=1; b=2; a=3", ["1", "3"]), ("a=1=2;a=", ["1=2", ""]), ("a", []), ("ab=1; xa=2; A=3", []),
            // Found by fuzzing: any site of a domain can set a cookie without a name.
            ("=a=1", []), ("==a=1", []),
        ]
    )
    func named(header: String, values: [String]) {
        #expect(([.cookie: header] as HTTPFields).cookies(named: "a") == values)
    }
}
