/// The latest changes of the process, numbered without gaps, for listeners that were away for a moment.
///
/// It is bounded: it keeps the newest ``capacity`` changes of all channels together. For each channel and each user it
/// also remembers the number of the last change it had to drop. So a listener of a quiet channel is not told that it
/// missed something just because others were busy. When it remembers ``capacity`` channels and users, it starts afresh,
/// and whoever is further behind than that has to read its state anew.
package struct ChangeLog {
    package static let capacity = 8192

    /// The number of the newest change, or the one before the first.
    private(set) var lastNumber: Int64
    private let start: Int64
    /// The change of number n is at n modulo the capacity.
    private var slots: [Announcement?] = []
    private(set) var lastForgotten: [Topic: Int64] = [:]
    /// Of a topic that is not in `lastForgotten`, all changes after this number are known.
    private var knownSince: Int64

    /// - Parameter start: all numbers are greater than this.
    init(start: Int64) {
        self.start = start
        lastNumber = start
        knownSince = start
    }

    mutating func append(_ change: Change, userID: User.ID) -> Announcement {
        let announcement = Announcement(number: lastNumber + 1, change: change, userID: userID)
        keep(announcement)
        return announcement
    }

    /// Takes a number for something that is no change.
    mutating func skip() { keep(nil) }

    private mutating func keep(_ announcement: Announcement?) {
        lastNumber += 1
        guard slots.count == Self.capacity else { return slots.append(announcement) }
        let slot = slot(of: lastNumber)
        let forgotten = slots[slot]
        slots[slot] = announcement
        if let forgotten { forget(forgotten) }
    }

    private mutating func forget(_ announcement: Announcement) {
        if lastForgotten.count >= Self.capacity {
            lastForgotten = [:]
            knownSince = announcement.number
        }
        lastForgotten[.channel(announcement.change.channelID)] = announcement.number
        lastForgotten[.user(announcement.userID)] = announcement.number
    }

    /// The first `limit` changes of a channel or a user after a number. Nil when some of them have been dropped, or the
    /// number is not from this log.
    func changes(of topic: Topic, after number: Int64, limit: Int = .max) -> [Announcement]? {
        guard number <= lastNumber, number >= lastForgotten[topic] ?? knownSince else { return nil }
        let oldest = lastNumber - Int64(slots.count)
        let later = (max(number, oldest)..<lastNumber).lazy.compactMap { slots[slot(of: $0 + 1)] }
        return Array(later.filter { $0.isOf(topic) }.prefix(limit))
    }

    private func slot(of number: Int64) -> Int {
        Int((number - start - 1) % Int64(Self.capacity))
    }
}
