import Dispatch
import HTTP
import HTTPTypes
import Synchronization
import Testing

@testable import Accounts

@Suite("The queue of hashing")
struct HashingQueueTests {
    @Test("work is done one at a time, and refused with 429 when too much of it is waiting")
    func bounded() async throws {
        let (queue, gate, running) = (HashingQueue(), DispatchSemaphore(value: 0), Counter())
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<HashingQueue.capacity + 5 {
                group.addTask {
                    do {
                        try await queue.run {
                            #expect(running.add(1) == 1)
                            gate.wait()
                            _ = running.add(-1)
                        }
                        return true
                    } catch {
                        #expect((error as? APIError)?.status.code == 429)
                        return false
                    }
                }
            }
            // None can have finished, so those that end now are the refused ones.
            for _ in 0..<5 { #expect(await group.next() == false) }
            for _ in 0..<HashingQueue.capacity { gate.signal() }
            for _ in 0..<HashingQueue.capacity { #expect(await group.next() == true) }
        }
        let seven = try await queue.run { 7 }
        #expect(seven == 7)
    }

    @Test("however many strangers wait, there is room for those who are known")
    func strangers() async throws {
        let (queue, gate) = (HashingQueue(), DispatchSemaphore(value: 0))
        await withTaskGroup(of: Int?.self) { group in
            for _ in 0..<HashingQueue.capacity * 2 {
                group.addTask {
                    try? await queue.run(forStranger: true) {
                        gate.wait(); return 0
                    }
                }
            }
            for _ in HashingQueue.strangers..<HashingQueue.capacity * 2 { #expect(await group.next() == .some(nil)) }
            group.addTask { try? await queue.run { 7 } }
            for _ in 0..<HashingQueue.strangers { gate.signal() }
            var done: [Int?] = []
            for await value in group { done.append(value) }
            #expect(done.contains(7) && done.count == HashingQueue.strangers + 1)
        }
    }

    @Test("what the work throws is thrown, and gives its place free")
    func failure() async throws {
        let queue = HashingQueue()
        for _ in 0..<HashingQueue.capacity * 2 {
            await #expect(throws: CancellationError.self) { try await queue.run { throw CancellationError() } }
        }
        let isFree = try await queue.run { true }
        #expect(isFree)
    }
}

private final class Counter: Sendable {
    private let value = Mutex(0)

    func add(_ number: Int) -> Int {
        value.withLock { value in
            value += number
            return value
        }
    }
}
