import Testing

@testable import Files

@Suite("ByteRangeRequest")
struct ByteRangeTests {
    @Test(
        "the examples of RFC 9110 section 14.1.2, for 10 000 bytes",
        arguments: [
            ("bytes=0-499", [0..<500]),
            ("bytes=500-999", [500..<1000]),
            ("bytes=-500", [9500..<10_000]),
            ("bytes=9500-", [9500..<10_000]),
            ("bytes=0-0,-1", [0..<1, 9999..<10_000]),
            ("bytes= 0-999, 4500-5499, -1000", [0..<1000, 4500..<5500, 9000..<10_000]),
            ("bytes=500-600,601-999", [500..<601, 601..<1000]),
        ] as [(String, [Range<Int64>])]
    )
    func examples(header: String, expected: [Range<Int64>]) {
        #expect(ByteRangeRequest(header: header, size: 10_000) == .parts(expected))
    }

    @Test(
        "ranges that reach past the end stop there; those outside are left out",
        arguments: [
            ("bytes=0-99", [0..<10]),
            ("bytes=9-9", [9..<10]),
            ("bytes=9-10", [9..<10]),
            ("bytes=-100", [0..<10]),
            ("bytes=-10", [0..<10]),
            ("bytes=0-", [0..<10]),
            ("bytes=0-1,50-60", [0..<2]),
            ("bytes=10-,0-0", [0..<1]),
            ("bytes=-0,3-4", [3..<5]),
            ("bytes=0-99999999999999999999999999", [0..<10]),
            ("bytes=-99999999999999999999999999", [0..<10]),
            ("bytes=0-9223372036854775807", [0..<10]),
            ("bytes=7-8,0-1", [7..<9, 0..<2]),
        ] as [(String, [Range<Int64>])]
    )
    func clamped(header: String, expected: [Range<Int64>]) {
        #expect(ByteRangeRequest(header: header, size: 10) == .parts(expected))
    }

    @Test(
        "a well-formed range outside the file is unsatisfiable",
        arguments: [
            ("bytes=10-", 10), ("bytes=10-20", 10), ("bytes=-0", 10), ("bytes=99999999999999999999999-", 10),
            ("bytes=9223372036854775807-9223372036854775807", 10), ("bytes=10-11,20-30", 10), ("bytes=0-", 0),
            ("bytes=0-0", 0), ("bytes=-0", 0),
        ] as [(String, Int64)]
    )
    func unsatisfiable(header: String, size: Int64) {
        #expect(ByteRangeRequest(header: header, size: size) == .unsatisfiable)
    }

    @Test(
        "what is malformed, or of another unit, is ignored",
        arguments: [
            "", "bytes", "bytes=", "bytes=,", "bytes=a-b", "bytes=1", "bytes=-", "bytes=5-4", "bytes=--5",
            "bytes=1-2-3",
            "bytes=+1-2", "bytes=1.0-2", "bytes=0x1-2", "bytes=0-1;2-3", "bytes=٠-٣", "items=0-1", "bytes 0-1", "0-1",
            "bytes=0-1,x", "bytes=0-1,5-4", "bytes=1 - 2", "bytes =0-1", "=0-1",
        ]
    )
    func malformed(header: String) {
        #expect(ByteRangeRequest(header: header, size: 10) == .whole)
    }

    @Test("the end of an empty file is all of it, which only a 200 can say", arguments: ["bytes=-5", "bytes=7-,-1"])
    func endOfNothing(header: String) {
        #expect(ByteRangeRequest(header: header, size: 0) == .whole)
    }

    @Test("no header asks for everything")
    func absent() {
        #expect(ByteRangeRequest(header: nil, size: 10) == .whole)
    }

    @Test(
        "the unit may be in any case, and white space around the items is allowed",
        arguments: [
            "BYTES=0-1,3-4", "Bytes= 0-1 ,\t3-4 ", "bytes=0-1,,3-4",
        ]
    )
    func lenient(header: String) {
        #expect(ByteRangeRequest(header: header, size: 10) == .parts([0..<2, 3..<5]))
    }

    @Test("8 ranges are served, for 9 the whole file is")
    func eightOrNine() {
        func ranges(_ count: Int) -> String {
            "bytes=" + (0..<count).map { "\($0 * 2)-\($0 * 2)" }.joined(separator: ",")
        }
        let eight: [Range<Int64>] = [0, 2, 4, 6, 8, 10, 12, 14].map { $0..<($0 + 1) }
        #expect(ByteRangeRequest(header: ranges(8), size: 100) == .parts(eight))
        #expect(ByteRangeRequest(header: ranges(9), size: 100) == .whole)
    }

    @Test(
        "ranges that overlap, in any order, get the whole file; those that touch do not",
        arguments: [
            ("bytes=0-5,5-9", .whole), ("bytes=5-9,0-5", .whole), ("bytes=0-,-1", .whole), ("bytes=1-1,1-1", .whole),
            ("bytes=0-4,5-9", .parts([0..<5, 5..<10])), ("bytes=5-9,0-4", .parts([5..<10, 0..<5])),
            ("bytes=0-9,2-3,20-", .whole),
        ] as [(String, ByteRangeRequest)]
    )
    func overlapping(header: String, expected: ByteRangeRequest) {
        #expect(ByteRangeRequest(header: header, size: 10) == expected)
    }
}
