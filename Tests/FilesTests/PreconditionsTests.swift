import HTTP
import HTTPTypes
import Testing

@testable import Files

@Suite("Preconditions")
struct PreconditionsTests {
    private static let etag = #""sha256-ab""#
    /// Sun, 06 Nov 1994 08:49:37 GMT
    private static let modified = HTTPDate(seconds: 784_111_777)
    private static let (before, then, after) = (at(-1), at(0), at(1))

    private let file = Preconditions(etag: etag, lastModified: modified)

    private static func at(_ offset: Int) -> String { HTTPDate(seconds: modified.seconds + offset).text }

    @Test(
        "one condition alone",
        arguments: [
            ([:], .proceed),
            ([.ifMatch: etag], .proceed),
            ([.ifMatch: "*"], .proceed),
            ([.ifMatch: #""x", "# + etag], .proceed),
            ([.ifMatch: #""x""#], .failed),
            ([.ifMatch: "W/" + etag], .failed),
            ([.ifMatch: "sha256-ab"], .failed),
            ([.ifUnmodifiedSince: then], .proceed),
            ([.ifUnmodifiedSince: after], .proceed),
            ([.ifUnmodifiedSince: before], .failed),
            ([.ifUnmodifiedSince: "junk"], .proceed),
            ([.ifNoneMatch: etag], .notModified),
            ([.ifNoneMatch: "W/" + etag], .notModified),
            ([.ifNoneMatch: "*"], .notModified),
            ([.ifNoneMatch: #""x" , W/"y",\#(etag)"#], .notModified),
            ([.ifNoneMatch: #""x", W/"y""#], .proceed),
            ([.ifNoneMatch: "sha256-ab"], .proceed),
            ([.ifModifiedSince: then], .notModified),
            ([.ifModifiedSince: after], .notModified),
            ([.ifModifiedSince: before], .proceed),
            ([.ifModifiedSince: "junk"], .proceed),
            ([.ifModifiedSince: "Sunday, 06-Nov-94 08:49:37 GMT"], .notModified),
        ] as [(HTTPFields, Preconditions.Outcome)]
    )
    func single(headers: HTTPFields, expected: Preconditions.Outcome) {
        #expect(file.evaluate(headers) == expected)
    }

    @Test(
        "conditions are taken in the order of RFC 9110 section 13.2.2",
        arguments: [
            // If-Match decides over If-Unmodified-Since, which is not looked at then.
            ([.ifMatch: etag, .ifUnmodifiedSince: before], .proceed),
            ([.ifMatch: #""x""#, .ifUnmodifiedSince: after], .failed),
            // 412 comes before 304.
            ([.ifMatch: #""x""#, .ifNoneMatch: etag], .failed),
            ([.ifUnmodifiedSince: before, .ifNoneMatch: etag], .failed),
            ([.ifMatch: etag, .ifNoneMatch: etag], .notModified),
            // If-None-Match decides over If-Modified-Since.
            ([.ifNoneMatch: #""x""#, .ifModifiedSince: after], .proceed),
            ([.ifNoneMatch: etag, .ifModifiedSince: before], .notModified),
            // If-Modified-Since still counts after a condition that holds.
            ([.ifMatch: etag, .ifModifiedSince: then], .notModified),
        ] as [(HTTPFields, Preconditions.Outcome)]
    )
    func order(headers: HTTPFields, expected: Preconditions.Outcome) {
        #expect(file.evaluate(headers) == expected)
    }

    @Test("a list may come in several lines")
    func severalLines() {
        var headers = HTTPFields()
        headers.append(HTTPField(name: .ifNoneMatch, value: #""x""#))
        headers.append(HTTPField(name: .ifNoneMatch, value: Self.etag))
        #expect(file.evaluate(headers) == .notModified)
    }

    @Test(
        "a range counts when If-Range names this version by its strong tag or its exact date",
        arguments: [
            ([:], true), ([.ifRange: etag], true), ([.ifRange: then], true), ([.ifRange: "W/" + etag], false),
            ([.ifRange: #""x""#], false), ([.ifRange: before], false), ([.ifRange: after], false),
            ([.ifRange: "junk"], false),
            ([.ifRange: "*"], false), ([.ifRange: "Sun Nov  6 08:49:37 1994"], true),
        ] as [(HTTPFields, Bool)]
    )
    func ifRange(headers: HTTPFields, counts: Bool) {
        #expect(file.allowsRange(headers) == counts)
    }
}
