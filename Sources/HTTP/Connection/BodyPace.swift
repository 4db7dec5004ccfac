/// How long the body of a request may keep the server waiting: for the idle timeout in all, and a second more for each
/// ``Limit/bytesPerSecond`` that have come.
///
/// Only waiting counts. While the server itself is slow to read, the client cannot send.
struct BodyPace: Sendable {
    struct Limit: Sendable {
        let bytesPerSecond: Int
        let patience: Duration
    }

    private let limit: Limit
    private var waited = Duration.zero
    private var waitingSince: ContinuousClock.Instant?
    private var bytes = 0

    init(_ limit: Limit) {
        self.limit = limit
    }

    /// The server wants more.
    mutating func wait(from now: ContinuousClock.Instant) {
        waitingSince = waitingSince ?? now
    }

    /// So many bytes have come. The server wants no more until it says so.
    mutating func receive(_ count: Int, at now: ContinuousClock.Instant) {
        bytes += count
        if let waitingSince { waited += waitingSince.duration(to: now) }
        waitingSince = nil
    }

    /// How much longer the client may let the server wait; not positive when its time is over.
    func left(at now: ContinuousClock.Instant) -> Duration {
        let current = waitingSince.map { $0.duration(to: now) } ?? .zero
        return limit.patience + .seconds(Double(bytes) / Double(limit.bytesPerSecond)) - waited - current
    }
}
