import Foundation
import Index
import Testing

@testable import Notices

@Suite("Time zones and quiet hours")
struct ZoneTests {
    /// Offsets in hours, by Python's zoneinfo: `datetime.fromisoformat(t).astimezone(ZoneInfo(z)).utcoffset()`.
    @Test(
        "The offset is that of the time zone database, in the past, at a change, and after all that is listed",
        arguments: [
            ("Europe/Berlin", "2026-01-15T12:00:00.000Z", 1.0), ("Europe/Berlin", "2026-07-15T12:00:00.000Z", 2.0),
            ("Europe/Berlin", "2026-03-29T00:59:59.999Z", 1.0), ("Europe/Berlin", "2026-03-29T01:00:00.000Z", 2.0),
            ("Europe/Berlin", "2090-07-15T12:00:00.000Z", 2.0), ("Europe/Berlin", "2090-12-15T12:00:00.000Z", 1.0),
            ("Australia/Sydney", "2090-01-15T12:00:00.000Z", 11.0),
            ("Australia/Sydney", "2090-07-15T12:00:00.000Z", 10.0),
            ("Asia/Kolkata", "2026-07-15T12:00:00.000Z", 5.5), ("America/St_Johns", "2026-01-15T12:00:00.000Z", -3.5),
            ("America/Sao_Paulo", "2090-01-15T12:00:00.000Z", -3.0), ("UTC", "2026-07-15T12:00:00.000Z", 0.0),
            ("Europe/Berlin", "1880-01-01T00:00:00.000Z", 3208.0 / 3600),
        ]
    )
    func offsets(name: String, moment: String, hours: Double) throws {
        let zone = try #require(Zone(named: name))
        #expect(zone.offset(at: try #require(Timestamp(moment))) == Int64((hours * 3600).rounded()))
    }

    @Test(
        "What names no zone is none, and no other file is read",
        arguments: [
            "", "Europe/Nowhere", "../../../etc/passwd", "/etc/passwd", "Europe", "zone.tab", "leapseconds", "a b",
        ]
    )
    func unknown(name: String) {
        #expect(Zone(named: name) == nil)
    }

    @Test("A file that is cut anywhere is no zone, and nothing worse")
    func cut() throws {
        let whole = Array(try #require(FileManager.default.contents(atPath: "/usr/share/zoneinfo/Europe/Berlin")))
        #expect(Zone(whole) != nil)
        for length in 0..<44 { #expect(Zone(Array(whole.prefix(length))) == nil) }
        for length in stride(from: 44, to: whole.count, by: 7) { _ = Zone(Array(whole.prefix(length))) }
    }

    @Test(
        "Rules of the future are read as POSIX writes them; other texts are none",
        arguments: [
            ("CET-1CEST,M3.5.0,M10.5.0/3", true), ("<-03>3", true), ("EST5EDT4,M3.2.0/2:00:00,M11.1.0", true),
            ("IST-2IDT,M3.4.4/26,M10.5.0", true), ("<+1245>-12:45<+1345>,M9.5.0/2:45,M4.1.0/3:45", true),
            ("", false), ("CET", false), ("CET-1CEST", false), ("CET-1CEST,M13.5.0,M10.5.0", false),
            ("CET-1,J1,J2", false),
        ]
    )
    func rules(text: String, isRule: Bool) {
        #expect((ZoneRule(text) != nil) == isRule)
    }

    /// From, to, a moment of Berlin's winter or of the night in which its clock is set, and the end.
    @Test(
        "Quiet hours end when the clock on the wall says so, over midnight and over a change of the clock too",
        arguments: [
            (22, 7, "2026-01-15T20:59:59.999Z", nil), (22, 7, "2026-01-15T21:00:00.000Z", "2026-01-16T06:00:00.000Z"),
            (22, 7, "2026-01-16T05:59:30.000Z", "2026-01-16T06:00:00.000Z"), (22, 7, "2026-01-16T06:00:00.000Z", nil),
            (12, 14, "2026-01-15T12:30:00.000Z", "2026-01-15T13:00:00.000Z"), (12, 14, "2026-01-15T10:30:00.000Z", nil),
            (22, 7, "2026-03-28T22:00:00.000Z", "2026-03-29T05:00:00.000Z"),
            (22, 7, "2026-10-24T21:00:00.000Z", "2026-10-25T06:00:00.000Z"),
        ] as [(Int, Int, String, String?)]
    )
    func quiet(from: Int, to: Int, moment: String, end: String?) throws {
        let clock = WallClock(zone: Zone(named: "Europe/Berlin"))
        let hours = NoticeSettings.QuietHours(from: from * 60, to: to * 60, timeZone: "Europe/Berlin")
        #expect(clock.end(of: hours, at: try #require(Timestamp(moment)))?.description == end)
    }
}
