import CoreMetrics
import HTTP
import Hummingbird
import Index
import NIOCore
import Prometheus
import Store
import Synchronization

/// The figures at `/metrics`. What happens is counted where it happens; what is, is looked up when somebody asks.
final class Metrics: Sendable {
    /// How old the figures of the store may be. The files of each type and of each day are added up for them.
    private static let freshness = Duration.seconds(60)

    private let registry: Registry
    private let store: FileStore
    private let version: String
    private let droppedLogLines: @Sendable () -> Int
    private let nextCount = Mutex(ContinuousClock.Instant.now)

    init(_ registry: Registry, store: FileStore, version: String, droppedLogLines: @escaping @Sendable () -> Int) {
        (self.registry, self.store, self.version) = (registry, store, version)
        self.droppedLogLines = droppedLogLines
    }

    /// The page, in the text format of Prometheus.
    func page() async -> String {
        set("placet_build_info", 1, [("version", version)])
        set("placet_waiting_units", store.index.waitingUnits)
        set("placet_parked_waits", store.index.parkedWaits)
        set("placet_log_lines_dropped_total", droppedLogLines())
        set("process_cpu_seconds_total", ProcessFigures.processorTime)
        set("process_resident_memory_bytes", ProcessFigures.residentMemory)
        set("process_open_fds", ProcessFigures.openDescriptors)
        set("process_max_fds", ProcessFigures.mostDescriptors)
        set("process_start_time_seconds", ProcessFigures.startTime)
        // A store that cannot be read must not take the other figures away. Its own stay as they were.
        try? await setStored()
        return registry.text
    }

    private func setStored() async throws {
        set("placet_webhook_deliveries_waiting", try await store.index.read { try $0.pendingDeliveryCount() })
        set("placet_disk_free_bytes", Double(try await store.freeBytes()))
        let isDue = nextCount.withLock { next in
            guard next <= .now else { return false }
            next = .now + Self.freshness
            return true
        }
        guard isDue else { return }
        let figures = try await store.index.read { try $0.storageFigures(now: .now()) }
        set("placet_files", figures.files.count)
        set("placet_file_bytes", figures.files.bytes)
        set("placet_blobs", figures.blobs.count)
        set("placet_blob_bytes", figures.blobs.bytes)
        set("placet_reclaimable_bytes", figures.reclaimable.bytes)
        let used = figures.blobs.bytes - figures.reclaimable.bytes
        set("placet_deduplication_ratio", used > 0 ? Double(figures.files.bytes) / Double(used) : 1)
    }

    private func set(_ name: String, _ value: some BinaryInteger, _ labels: [(String, String)] = []) {
        set(name, Double(value), labels)
    }

    private func set(_ name: String, _ value: Double, _ labels: [(String, String)] = []) {
        Meter(label: name, dimensions: labels, factory: registry).set(value)
    }
}

extension StatusModule {
    /// The figures, for the operator's monitors.
    func readMetrics(_ request: Request, _ context: RootContext) async throws -> Response {
        try monitors.check(request, from: context.connection.client)
        let page = try await context.inTurn { [metrics] in await metrics.page() }
        return Response(
            status: .ok,
            headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: page))
        )
    }
}
