import Testing

@testable import HTTP

@Suite("HTTPDate")
struct HTTPDateTests {
    @Test(
        "all three formats of RFC 9110 section 5.6.7 are read",
        arguments: [
            "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
        ]
    )
    func formats(text: String) {
        #expect(HTTPDate(text)?.seconds == 784_111_777)
    }

    @Test(
        "the preferred format is written, and read back",
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (1_795_472_041, "Mon, 23 Nov 2026 22:14:01 GMT"),
            (4_102_444_799, "Thu, 31 Dec 2099 23:59:59 GMT"),
        ]
    )
    func roundTrip(seconds: Int, text: String) {
        #expect(HTTPDate(seconds: seconds).text == text)
        #expect(HTTPDate(text)?.seconds == seconds)
    }

    @Test(
        "years of two digits are near today",
        arguments: [
            ("Sunday, 06-Nov-94 08:49:37 GMT", "1994"), ("Monday, 23-Nov-26 08:49:37 GMT", "2026"),
        ]
    )
    func shortYears(text: String, year: String) {
        #expect(HTTPDate(text)?.text.contains(" \(year) ") == true)
    }

    @Test("the order of dates is the order of time")
    func order() {
        #expect(HTTPDate(seconds: 1) < HTTPDate(seconds: 2))
        #expect(!(HTTPDate(seconds: 2) < HTTPDate(seconds: 2)))
    }

    @Test(
        "anything else is no date",
        arguments: [
            "", "junk", "0", "784111777", "1994-11-06T08:49:37Z", "Sun, 06 Nov 1994 08:49:37",
            "Sun, 06 Nov 1994 08:49:37 PST",
            "Sun, 06 Nov 1994 08:49:37 +0000", "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT",
            "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:60:37 GMT",
            "Sun, 06 Nov 1994 08:49:61 GMT", "Sun, 06 Nov 19945 08:49:37 GMT", "Sun, 06 Nov 1994 08:49 GMT",
            "Sun, 06 Nov 1994 08:49:37 GMT GMT", "GMT", "Sun, 6️⃣ Nov 1994 08:49:37 GMT", ",,,,,,",
        ]
    )
    func junk(text: String) {
        #expect(HTTPDate(text) == nil)
    }
}
