import Index
import Logging
import Store

/// Deletes messages that are older than their channels keep them (`retentionDays`): at the start and then every hour.
///
/// It goes by the collector's rule for the clock: what was too old at a look goes once a server has run for a day since
/// (``Querying/settledMoment(at:grace:)``). So a wrong clock deletes nothing before an operator had a day to set it
/// right.
package struct Retention: Sendable {
    private static let pause = Duration.seconds(60 * 60)

    private let index: StoreIndex
    private let logger: Logger

    package init(_ index: StoreIndex, _ logger: Logger) {
        (self.index, self.logger) = (index, logger)
    }

    /// Runs until it is cancelled, and then throws.
    func run() async throws {
        while true {
            try await round(at: .now())
            try await Task.sleep(for: Self.pause)
        }
    }

    /// One round over all channels. Others write between its batches.
    ///
    /// - Parameter now: what the clock shows.
    package func round(at now: Timestamp) async throws {
        let grace = FileStore.collectionGrace
        guard let moment = try await index.read({ try $0.settledMoment(at: now, grace: grace) }) else { return }
        var (count, last) = (0, Agent.ID?.none)
        while let channel = try await index.read({ [last] in try $0.channelWithRetention(after: last) }) {
            count += try await deleteOldMessages(of: channel, at: moment)
            last = channel
        }
        if count > 0 { logger.notice("old messages were deleted", metadata: ["count": "\(count)"]) }
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
