import Foundation
import Testing

@testable import Index

@Suite("Timestamp")
struct TimestampTests {
    @Test(
        "The text form is ISO 8601 in UTC with milliseconds, and reading it back gives the same moment",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"),
            (1, "1970-01-01T00:00:00.001Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_399_999, "2000-02-28T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (951_868_800_000, "2000-03-01T00:00:00.000Z"),
            (-2_203_977_600_000, "1900-02-28T00:00:00.000Z"),
            (-2_203_891_200_000, "1900-03-01T00:00:00.000Z"),
            (1_709_164_800_000, "2024-02-29T00:00:00.000Z"),
            (1_735_603_200_000, "2024-12-31T00:00:00.000Z"),
            (1_795_472_041_123, "2026-11-23T22:14:01.123Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
            (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
        ] as [(Int64, String)]
    )
    func text(milliseconds: Int64, text: String) {
        #expect(Timestamp(milliseconds: milliseconds).description == text)
        #expect(Timestamp(text)?.milliseconds == milliseconds)
    }

    @Test("Every day of 800 years has the date of the one before plus one day")
    func everyDay() {
        var date = CivilDate(year: 1600, month: 1, day: 1)
        for day in date.daysSinceEpoch..<date.daysSinceEpoch + 292_194 {
            #expect(CivilDate(daysSinceEpoch: day) == date)
            #expect(date.daysSinceEpoch == day)
            date = next(date)
        }
        #expect(date == CivilDate(year: 2400, month: 1, day: 1))
    }

    private func next(_ date: CivilDate) -> CivilDate {
        let isLeap = date.year % 4 == 0 && (date.year % 100 != 0 || date.year % 400 == 0)
        let lengths: [Int64] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        if date.day < lengths[Int(date.month) - 1] {
            return CivilDate(year: date.year, month: date.month, day: date.day + 1)
        }
        if date.month < 12 { return CivilDate(year: date.year, month: date.month + 1, day: 1) }
        return CivilDate(year: date.year + 1, month: 1, day: 1)
    }

    @Test("Moments outside of four-digit years are written as the nearest one inside")
    func clamped() {
        #expect(Timestamp(milliseconds: .max).description == "9999-12-31T23:59:59.999Z")
        #expect(Timestamp(milliseconds: .min).description == "0000-01-01T00:00:00.000Z")
    }

    @Test(
        "Only the exact form of a real moment is read",
        arguments: [
            "", "2026-11-23", "2026-11-23T22:14:01Z", "2026-11-23 22:14:01.123Z", "2026-11-23T22:14:01.123+",
            "2026-02-29T00:00:00.000Z", "2026-13-01T00:00:00.000Z", "2026-00-01T00:00:00.000Z",
            "2026-11-23T24:00:00.000Z", "2026-11-23T22:60:00.000Z", "+026-11-23T22:14:01.123Z",
            "2026-11-23T22:14:01.12éZ",
        ]
    )
    func refused(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test("Adding a duration is exact to the millisecond and stops at the ends")
    func adding() {
        #expect(Timestamp.sample + .seconds(86_400) == Timestamp("2026-11-24T22:14:01.123Z"))
        #expect(Timestamp.sample + .milliseconds(-124) == Timestamp("2026-11-23T22:14:00.999Z"))
        #expect(Timestamp.sample + .seconds(Int64.max) == Timestamp(milliseconds: .max))
        #expect(Timestamp.sample + .seconds(Int64.min) == Timestamp(milliseconds: .min))
    }

    @Test("Now is the system's time")
    func now() {
        let difference = Double(Timestamp.now().milliseconds) / 1_000 - Date().timeIntervalSince1970
        #expect(abs(difference) < 1)
    }

    @Test(
        "RFC 3339 is read as other programs write it",
        arguments: [
            ("2026-11-23T22:14:01Z", "2026-11-23T22:14:01.000Z"),
            ("2026-11-23T22:14:01.5Z", "2026-11-23T22:14:01.500Z"),
            ("2026-11-23T22:14:01.123456+00:00", "2026-11-23T22:14:01.123Z"),
            ("2026-11-24T00:14:01+02:00", "2026-11-23T22:14:01.000Z"),
            ("2026-11-23t16:44:01-05:30", "2026-11-23T22:14:01.000Z"),
            ("2026-11-23T22:14:01", nil), ("2026-11-23", nil), ("2026-02-30T00:00:00Z", nil),
            ("2026-11-23T22:14:01+2:00", nil), ("2026-11-23T22:14:01+24:00", nil), ("2026-11-23T24:00:00Z", nil),
            ("tomorrow", nil), ("", nil), ("2026-11-23T22:14:01.Z", nil), ("٢٠٢٦-11-23T22:14:01Z", nil),
        ] as [(String, String?)]
    )
    func rfc3339(text: String, expected: String?) {
        #expect(Timestamp(rfc3339: text)?.description == expected)
    }
}
