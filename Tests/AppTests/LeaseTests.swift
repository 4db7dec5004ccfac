import Index
import TestSupport
import Testing

@testable import App

@Suite("What one node does for all")
struct LeaseTests {
    /// What happens, in order.
    private let events: AsyncStream<String>
    private let happened: AsyncStream<String>.Continuation

    init() {
        (events, happened) = AsyncStream.makeStream()
    }

    private func lease(_ node: String, _ index: StoreIndex, lasting time: Duration = .seconds(3600)) -> Task<
        Void, any Error
    > {
        let lease = Lease("work", for: node, in: index, lasting: time, prolongedEvery: .milliseconds(5))
        return Task {
            try await lease.whileHeld {
                happened.yield("\(node) begins")
                try? await Task.sleep(for: .seconds(3600))
                happened.yield("\(node) ends")
            }
        }
    }

    @Test("is gone on with by another node as soon as the first one stops in order", .timeLimit(.minutes(1)))
    func handedOver() async throws {
        try await withServer { server in
            var events = events.makeAsyncIterator()
            let first = lease("a", server.assembly.index)
            #expect(await events.next() == "a begins")
            let second = lease("b", server.assembly.index)
            first.cancel()
            #expect(await events.next() == "a ends")
            #expect(await events.next() == "b begins")
            second.cancel()
        }
    }

    @Test("ends on a node that has lost the lease, and begins on one where its time is over", .timeLimit(.minutes(1)))
    func lost() async throws {
        try await withServer { server in
            var events = events.makeAsyncIterator()
            // This node has stopped without a word.
            #expect(
                try await server.assembly.index.write { try $0.takeLease("work", for: "x", lasting: .milliseconds(20)) }
            )
            let first = lease("a", server.assembly.index)
            #expect(await events.next() == "a begins")
            try await server.assembly.index.write { tx in
                try tx.endLease("work", of: "a")
                #expect(try tx.takeLease("work", for: "x", lasting: .seconds(3600)))
            }
            #expect(await events.next() == "a ends")
            first.cancel()
        }
    }
}
