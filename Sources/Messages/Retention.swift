import Index
import Logging

/// Deletes messages that are older than their channels keep them (`retentionDays`), once an hour.
///
/// The first round comes an hour after the start: a machine that starts with a wrong clock has set it by then. When the
/// clock goes forward while the server runs, the log says so, and no message is deleted for a day.
package struct Retention: Sendable {
    /// Between two rounds, and before the first.
    private static let pause = Duration.seconds(60 * 60)
    /// After the clock went forward.
    private static let doubt = Duration.seconds(24 * 60 * 60)

    private let index: SQLiteIndex
    private let logger: Logger

    package init(_ index: SQLiteIndex, _ logger: Logger) {
        (self.index, self.logger) = (index, logger)
    }

    /// Runs until it is cancelled, and then throws.
    func run() async throws {
        var pause = Self.pause
        while true {
            let clocks = (wall: Timestamp.now(), steady: ContinuousClock.now)
            try await Task.sleep(for: pause)
            pause = try await round(at: .now(), expected: clocks.wall + clocks.steady.duration(to: .now))
        }
    }

    /// One round over all channels, unless the clock is ahead of the time that is expected. Others write between its
    /// batches.
    ///
    /// - Returns: how long to wait for the next one.
    package func round(at moment: Timestamp, expected: Timestamp) async throws -> Duration {
        guard moment <= expected + Self.pause else {
            logger.warning(
                "the clock went forward; old messages are not deleted for a day, so that it can be set right",
                metadata: ["from": "\(expected)", "to": "\(moment)"]
            )
            return Self.doubt
        }
        var (count, last) = (0, Agent.ID?.none)
        while let channel = try await index.read({ [last] in try $0.channelWithRetention(after: last) }) {
            count += try await deleteOldMessages(of: channel, at: moment)
            last = channel
        }
        if count > 0 { logger.notice("old messages were deleted", metadata: ["count": "\(count)"]) }
        return Self.pause
    }

    private func deleteOldMessages(of channel: Agent.ID, at moment: Timestamp) async throws -> Int {
        var (count, last) = (0, Message.ID?.none)
        repeat {
            try Task.checkCancellation()
            let step = try await index.write(for: .upkeep) { [last] tx in
                try tx.removeOldMessages(in: channel, after: last, at: moment, limit: Sweep.batch)
            }
            count += step.deleted
            last = step.last
        } while last != nil
        return count
    }
}
