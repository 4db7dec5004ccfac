/// The latest changes of the process, numbered without gaps, for listeners that were away for a moment.
///
/// Bounded: the newest ``capacity`` of all channels are kept. Of what had to go, each channel's last number is known, so
/// that a listener of a quiet channel is not told it has missed something only because others were busy.
struct ChangeLog {
    static let capacity = 8192

    /// Of the newest change, or where the numbers begin.
    private(set) var lastNumber: Int64
    private let start: Int64
    /// The change of number n is at n modulo the capacity.
    private var slots: [Announcement] = []
    private var lastForgotten: [String: Int64] = [:]

    /// - Parameter start: numbers are greater than this.
    init(start: Int64) {
        self.start = start
        lastNumber = start
    }

    mutating func append(_ change: Change) {
        lastNumber += 1
        let announcement = Announcement(number: lastNumber, change: change)
        guard slots.count == Self.capacity else {
            slots.append(announcement)
            return
        }
        let slot = slot(of: lastNumber)
        lastForgotten[slots[slot].change.channelID] = slots[slot].number
        slots[slot] = announcement
    }

    /// The changes of a channel, or of all, after a number; nil when some of them are forgotten, or the number is not one
    /// of ours.
    func changes(channelID: String?, after number: Int64) -> [Announcement]? {
        let oldest = lastNumber - Int64(slots.count)
        let known = channelID.map { lastForgotten[$0] ?? start } ?? oldest
        guard number <= lastNumber, number >= known else { return nil }
        return (max(number, oldest)..<lastNumber).lazy.map { slots[slot(of: $0 + 1)] }
            .filter { channelID == nil || $0.change.channelID == channelID }
    }

    private func slot(of number: Int64) -> Int {
        Int((number - start - 1) % Int64(Self.capacity))
    }
}
