import CoreMetrics
import Index

/// What the collector did since the process started.
struct CollectorCounts: Sendable {
    private let runs: Counter
    private let files: Counter
    private let blobs: Counter
    private let bytes: Counter

    init(_ metrics: any MetricsFactory) {
        runs = Counter(label: "placet_collector_runs_total", factory: metrics)
        files = Counter(label: "placet_collector_files_total", factory: metrics)
        blobs = Counter(label: "placet_collector_blobs_total", factory: metrics)
        bytes = Counter(label: "placet_collector_freed_bytes_total", factory: metrics)
    }

    func add(_ report: CollectionReport) {
        runs.increment()
        files.increment(by: report.expiredFiles)
        blobs.increment(by: report.blobs.count)
    }

    /// Bytes that are off the disk.
    func addFreed(_ bytes: Int) {
        self.bytes.increment(by: bytes)
    }
}
