import Testing

@testable import Lines

@Suite("What the lines of a text tell at a glance")
struct LineTallyTests {
    private static func tally(_ text: String, until isOver: () -> Bool = { false }) throws -> LineTally? {
        let small = try SmallText(text)
        return try small.text.tally(by: small.index, until: isOver)
    }

    @Test("Errors, warnings, groups and the time from the first line to the last are counted")
    func story() throws {
        let log = """
            2026-11-26T10:00:00.250Z ##[group]Build
            main.swift:3:1: warning: unused
            main.swift:4:1: error: no such thing
            2026-11-26T10:00:03Z WARN slow
            section_start:1700000000:test\r\u{1B}[0KTests
            ERROR 1 of 9 failed, no error: here too
            0 errors, no warnings
            2026-11-26T10:01:00.750Z ##[endgroup]
            """
        let expected = LineTally(errors: 2, warnings: 2, groups: 2, firstError: 3, milliseconds: 60_500)
        #expect(try Self.tally(log) == expected)
        #expect(try Self.tally("all green\n") == LineTally())
        #expect(try Self.tally("") == LineTally())
    }

    @Test("All lines are counted, however many have a marker, unless the time is over")
    func many() throws {
        let log = String(repeating: "warning: again\n", count: 25_000) + "error: at last\n"
        let expected = LineTally(errors: 1, warnings: 25_000, firstError: 25_001)
        #expect(try Self.tally(log) == expected)
        #expect(try Self.tally(log) { true } == nil)
        // In one long line too.
        var asked = 0
        let isOver = {
            asked += 1
            return asked > 1
        }
        #expect(try Self.tally(String(repeating: "x", count: 200_000), until: isOver) == nil)
    }

    @Test(
        "Times of ISO 8601 are read anywhere near the beginning of a line",
        arguments: [
            ("2026-11-26T00:00:01Z x", 1000, true), ("2026-11-26 00:00:01,5 INFO x", 1500, false),
            ("[2026-11-26T02:00:01.123456+02:00] x", 1123, true), ("{\"ts\":\"2026-11-25T23:30:01-0030\"}", 1000, true),
            ("12026-11-26T00:00:00 x", 0, false),
        ]
    )
    func times(line: String, milliseconds: Int, hasZone: Bool) throws {
        let time = try #require(LineTime(line))
        #expect(time.milliseconds == 1_795_651_200_000 + milliseconds && time.hasZone == hasZone)
    }

    @Test("What looks like a time and is none is none, and times of two kinds have no span")
    func noTimes() throws {
        for line in ["2026-13-26T00:00:00Z", "2026-11-26", "2026-11-26T24:00:00", "x", "2026-11-26T00-00-00"] {
            #expect(LineTime(line) == nil)
        }
        #expect(try Self.tally("2026-11-26T00:00:00Z\n2026-11-26 00:00:09\n")?.milliseconds == nil)
        #expect(try Self.tally("2026-11-26 00:00:09\n2026-11-26 00:00:00\n")?.milliseconds == nil)
    }

    private static func shape(_ text: String) throws -> TableShape? {
        try SmallText(text).text.tableShape { false }
    }

    @Test("Rows and columns of a table are counted: quotes, line ends within them, and other separators")
    func tables() throws {
        #expect(try Self.shape("a,b,c\n1,2,3\n4,5,6") == TableShape(rows: 3, columns: 3))
        #expect(try Self.shape("a;b,x;c\r\n\r\n1;\"2\n;\"\"3\";4\r\n") == TableShape(rows: 2, columns: 3))
        #expect(try Self.shape("a\tb\n5\" pipe\tc\n") == TableShape(rows: 2, columns: 2))
        #expect(try Self.shape("\"a,b\",c\n") == TableShape(rows: 1, columns: 2))
        #expect(try Self.shape("alone\n") == TableShape(rows: 1, columns: 1))
        #expect(try Self.shape("") == TableShape())
        let long = String(repeating: "1|2|3|\"\n\"\n", count: 20_000)
        #expect(try Self.shape(long) == TableShape(rows: 20_000, columns: 4))
        #expect(try SmallText(long).text.tableShape { true } == nil)
    }
}
