import API
import Index

/// What clocks show where a user is.
struct WallClock: Sendable {
    /// Nil when the user has not said where that is.
    let zone: Zone?

    /// Such as `14:02`.
    func time(of moment: Timestamp) -> String {
        TimeOfDay.text(Int(minute(moment))) + (zone == nil ? " UTC" : "")
    }

    /// When the quiet hours end in which the moment lies; nil outside of them.
    func end(of hours: NoticeSettings.QuietHours, at moment: Timestamp) -> Timestamp? {
        let (from, to, minute) = (Int64(hours.from), Int64(hours.to), minute(moment))
        let isQuiet = from < to ? (from..<to).contains(minute) : minute >= from || minute < to
        guard isQuiet else { return nil }
        let wait = (to - minute + 1440) % 1440
        let begun = moment.milliseconds - moment.milliseconds % 60_000
        let end = Timestamp(milliseconds: begun + wait * 60_000)
        // The clock may be set meanwhile.
        let shift = offset(end) - offset(moment)
        return Timestamp(milliseconds: max(end.milliseconds - shift * 1000, begun + 60_000))
    }

    private func offset(_ moment: Timestamp) -> Int64 { zone?.offset(at: moment) ?? 0 }

    /// Of the day.
    private func minute(_ moment: Timestamp) -> Int64 {
        let minutes = (moment.milliseconds / 1000 + offset(moment)) / 60
        return (minutes % 1440 + 1440) % 1440
    }
}
