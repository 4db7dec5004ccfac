import HTTPTypes
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import HTTP

@Suite("Turns")
struct TurnsTests {
    @Test("those who wait take turns: one who asks for much stands behind one who asks once")
    func inTurn() async throws {
        let turns = Turns<String>(places: 1, perKey: 1, waitingPerKey: 9)
        let order = Order()
        try await withThrowingTaskGroup(of: Void.self) { group in
            let gate = AsyncGate()
            group.addTask { try await turns.run("busy") { await gate.pass() } }
            await gate.entered()
            for (key, names) in [("busy", ["b1", "b2", "b3"]), ("other", ["o1"]), ("third", ["t1", "t2"])] {
                for (place, name) in names.enumerated() {
                    group.addTask { try await turns.run(key) { order.add(name) } }
                    while turns.waitingCount(key) <= place { await Task.yield() }
                }
            }
            gate.open()
            try await group.waitForAll()
        }
        #expect(order.names == ["b1", "o1", "t1", "b2", "t2", "b3"])
    }

    @Test("a key has at most its share, and whoever comes next from another finds a place")
    func share() async throws {
        let turns = Turns<String>(places: 2, perKey: 1, waitingPerKey: 1)
        let gate = AsyncGate()
        async let first: Void = turns.run("busy") { await gate.pass() }
        await gate.entered()
        let second = Task { try await turns.run("busy") {} }
        while turns.waitingCount("busy") == 0 { await Task.yield() }
        #expect(try await turns.run("other") { 1 } == 1)
        let refusal = await #expect(throws: APIError.self) { try await turns.run("busy") {} }
        #expect(refusal?.status == .tooManyRequests)

        second.cancel()
        await #expect(throws: CancellationError.self) { try await second.value }
        #expect(turns.waitingCount("busy") == 0)
        gate.open()
        try await first
        try await turns.run("busy") {}
    }
}

@Suite("Long work")
struct LongWorkTests {
    private let connection = Connection(channel: NIOAsyncTestingChannel())

    @Test("others are served while one caller's work takes all that it may have")
    func others() async throws {
        let work = LongWork(processors: 1)
        let gate = AsyncGate()
        let long = Task { [connection] in try await work.run(for: "busy", on: connection) { await gate.pass() } }
        await gate.entered()
        let next = Task { [connection] in try await work.run(for: "busy", on: connection) { 2 } }
        #expect(try await work.run(for: "other", on: connection) { 1 } == 1)
        gate.open()
        try await long.value
        #expect(try await next.value == 2)
    }

    @Test("work in a turn does not wait for another one")
    func nested() async throws {
        let work = LongWork(processors: 1, waitingPerCaller: 0)
        let value = try await work.run(for: "a", on: connection) { [connection] in
            try await work.run(for: "a", on: connection) { 1 }
        }
        #expect(value == 1)
    }

    @Test("when its time is over the work is cancelled, and the client is told to ask for less")
    func deadline() async throws {
        let work = LongWork(processors: 1, limit: .milliseconds(10))
        let refusal = await #expect(throws: APIError.self) {
            try await work.run(for: "a", on: connection) { try await untilCancelled() }
        }
        #expect(refusal?.status == .serviceUnavailable)
        #expect(refusal?.headers[.retryAfter] == "5")
    }

    @Test("work whose request is given up is cancelled")
    func cancelled() async throws {
        let work = LongWork(processors: 1)
        let gate = AsyncGate()
        let request = Task { [connection] in
            try await work.run(for: "a", on: connection) {
                gate.open()
                await gate.pass()
                try await untilCancelled()
            }
        }
        await gate.entered()
        request.cancel()
        await #expect(throws: CancellationError.self) { try await request.value }
    }

    private func untilCancelled() async throws {
        while true {
            try Task.checkCancellation()
            await Task.yield()
        }
    }
}

private final class Order: Sendable {
    private let list = Mutex<[String]>([])

    var names: [String] { list.withLock { $0 } }

    func add(_ name: String) { list.withLock { $0.append(name) } }
}

/// Holds whoever passes until it is opened.
private final class AsyncGate: Sendable {
    private struct State {
        var isOpen = false
        var isEntered = false
    }

    private let state = Mutex(State())

    func pass() async {
        state.withLock { $0.isEntered = true }
        while !state.withLock({ $0.isOpen }) { await Task.yield() }
    }

    func entered() async {
        while !state.withLock({ $0.isEntered }) { await Task.yield() }
    }

    func open() { state.withLock { $0.isOpen = true } }
}
