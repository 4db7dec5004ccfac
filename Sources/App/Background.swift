import HTTP
import Hummingbird
import Index
import Logging
import ServiceLifecycle

/// Runs one module's background work for as long as the server runs, and starts it again when it fails.
struct Background: Service {
    /// How long to wait after a failure, such as a full disk. Reads still work meanwhile, so the server must go on.
    private static let pause = Duration.seconds(5)

    private let work: BackgroundWork
    private let logger: Logger

    /// All of a server's work. What one node does for all is one service there, under a lease.
    static func services(of assembly: Assembly, _ logger: Logger) -> [any Service] {
        let all = assembly.backgroundWork
        guard let node = assembly.node else { return all.map { Background(work: $0, logger: logger) } }
        let shared = all.filter { !$0.isOfEachNode }.map { Background(work: $0, logger: logger) }
        let leased = BackgroundWork("work for all nodes") {
            try await Lease("background", for: node, in: assembly.index).whileHeld {
                await withDiscardingTaskGroup { group in
                    for work in shared { group.addTask { await work.runUntilCancelled() } }
                }
            }
        }
        return (all.filter(\.isOfEachNode) + [leased]).map { Background(work: $0, logger: logger) }
    }

    func run() async {
        await cancelWhenGracefulShutdown { await runUntilCancelled() }
    }

    private func runUntilCancelled() async {
        while !Task.isCancelled {
            do {
                try await work.run()
            } catch is CancellationError {
                return
            } catch IndexError.closed {
                // The server is stopping. A service that returns before it is told to stop would count as a failed one.
                try? await gracefulShutdown()
                return
            } catch IndexError.moved(let place) {
                // Only the operator can go on, who is told once by each work.
                logger.warning("the store was moved; start the server anew", metadata: ["to": "\(place)"])
                try? await gracefulShutdown()
                return
            } catch IndexError.busy {
                // It passes, as when a store is being moved.
                try? await Task.sleep(for: Self.pause)
            } catch {
                logger.error("background work failed", metadata: ["work": "\(work.name)", "error": "\(error)"])
                try? await Task.sleep(for: Self.pause)
            }
        }
    }
}

/// The right to do what only one node may do. Who has it prolongs it; when a node is gone, another has it once the time
/// is over.
struct Lease: Sendable {
    private let name: String
    private let node: String
    private let index: StoreIndex
    private let time: Duration
    private let pause: Duration

    /// - Parameters:
    ///   - time: how long it lasts when nobody prolongs it.
    ///   - pause: how often who has it prolongs it, and others ask for it.
    init(
        _ name: String,
        for node: String,
        in index: StoreIndex,
        lasting time: Duration = .seconds(15),
        prolongedEvery pause: Duration = .seconds(5)
    ) {
        (self.name, self.node, self.index, self.time, self.pause) = (name, node, index, time, pause)
    }

    /// Waits for the lease, then runs `body`, which is cancelled when the lease is lost; until the task is cancelled.
    ///
    /// - Throws: when the index cannot be used.
    func whileHeld(_ body: @escaping @Sendable () async -> Void) async throws {
        while true {
            if try await take() {
                await hold(body)
                // So that the others need not wait; a cancelled task could not write.
                _ = try? await Task { try await index.write(for: .upkeep) { try $0.endLease(name, of: node) } }.value
            }
            try await Task.sleep(for: pause)
        }
    }

    private func hold(_ body: @escaping @Sendable () async -> Void) async {
        await withTaskGroup { group in
            group.addTask { await body() }
            group.addTask { try? await prolong() }
            await group.next()
            group.cancelAll()
        }
    }

    /// Until the lease is lost, the index cannot be used, or the task is cancelled.
    private func prolong() async throws {
        repeat { try await Task.sleep(for: pause) } while try await take()
    }

    private func take() async throws -> Bool {
        try await index.write(for: .upkeep) { try $0.takeLease(name, for: node, lasting: time) }
    }
}
