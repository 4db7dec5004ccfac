import HTTP
import Index
import Logging
import Store

/// The collector's own runs, the looks at the clock, and what the log says of them.
struct Collecting: Sendable {
    private let store: FileStore
    private let logger: Logger

    init(_ store: FileStore, _ logger: Logger) {
        (self.store, self.logger) = (store, logger)
    }

    /// - Parameter interval: nil when nothing is collected by itself.
    func work(every interval: Duration?) -> BackgroundWork {
        BackgroundWork("collection") { try await store.collect(every: interval) { log($0) } }
    }

    private func log(_ collection: ScheduledCollection) {
        switch collection {
        case .collected(let report):
            log(report)
        case .clockSetBack:
            logger.error(
                "the clock was set back: nothing is removed for its age until the server has run for a day",
                metadata: ["fix": "see that the clock is right; placet gc plan shows what could go now"]
            )
        case .clockAhead(let gap, let report):
            logger.error(
                "the clock is far ahead of the last look at it: the server stood still, or the clock was set",
                metadata: [
                    "hours": "\(gap.components.seconds / 3600)",
                    "fix": "see that the clock is right: what is due by it goes when the server has run for a day",
                ]
            )
            log(report)
        case .refused(let error):
            logger.error(
                "nothing is collected by itself: \(error)",
                metadata: ["fix": "read what placet gc plan says; placet gc apply removes it"]
            )
        }
    }

    private func log(_ report: CollectionReport) {
        guard !report.isEmpty else { return }
        logger.notice(
            "files that nobody has any more were removed",
            metadata: [
                "expired": "\(report.expiredFiles)", "blobs": "\(report.blobs.count)", "bytes": "\(report.blobs.bytes)",
            ]
        )
    }
}
