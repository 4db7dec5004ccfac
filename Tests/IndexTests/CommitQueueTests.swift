import IndexSupport
import Synchronization
import Testing

@testable import Index

@Suite("Group commit")
struct CommitQueueTests {
    struct Refusal: Error, Equatable {}

    /// In the order in which they were served.
    final class Served: Sendable {
        private let list = Mutex<[String]>([])
        var names: [String] { list.withLock { $0 } }
        func add(_ name: String) { list.withLock { $0.append(name) } }
    }

    final class CommitCounter: Sendable {
        private let commits = Atomic(0)
        var count: Int { commits.load(ordering: .acquiring) }

        func add() { commits.add(1, ordering: .acquiringAndReleasing) }
    }

    @Test("A unit that throws is undone alone: its neighbours of the same group are committed")
    func savepoints() async throws {
        let fixture = try await Fixture()
        let messages = (0..<3).map { _ in Message.sample(in: fixture.agent) }
        let results = try await fixture.index.asOneGroup(
            messages.enumerated().map { number, message in
                { tx in
                    try tx.insert(message)
                    if number == 1 { throw Refusal() }
                }
            }
        )
        #expect(throws: Refusal()) { try results[1].get() }
        try results[0].get()
        try results[2].get()
        let stored = try await fixture.index.read { reader in
            try messages.map { try reader.anyMessage(id: $0.id)?.message }
        }
        #expect(stored == [messages[0], nil, messages[2]])
    }

    @Test("users take turns: what one of them has queued stands before nobody else", .timeLimit(.minutes(1)))
    func turns() async throws {
        let fixture = try await Fixture()
        let (index, gate) = (fixture.index, Gate())
        async let blocker: Void = index.write { _ in gate.block() }
        await gate.entered()
        let served = Served()
        let queue: @Sendable (String) -> Task<Void, any Error> = { name in
            Task { try await index.write(for: .content, of: User.ID(rawValue: name)) { _ in served.add(name) } }
        }
        var tasks = (0..<20).map { _ in queue("eve") }
        while index.commits.waitingCount < 20 { await Task.yield() }
        tasks.append(queue("ada"))
        while index.commits.waitingCount < 21 { await Task.yield() }
        gate.release()
        try await blocker
        for task in tasks { try await task.value }
        #expect(served.names.prefix(2).contains("ada"))
    }

    @Test("a group whose time is over takes no further unit; the next one does", .onlySQLite, .timeLimit(.minutes(1)))
    func time() async throws {
        let fixture = try await Fixture()
        fixture.index.close()
        let index = try StoreIndex(path: fixture.path, storeID: Fixture.storeID, timePerGroup: .nanoseconds(1))
        let before = index.commitCount
        let results = try await index.asOneGroup((0..<5).map { number in { _ in number } })
        #expect(try results.map { try $0.get() } == [0, 1, 2, 3, 4])
        // One for the unit that held the writer, and one for each of the five.
        #expect(index.commitCount == before + 6)
        index.close()
    }

    @Test("Whoever is resumed finds the row committed, also through another connection: invariant 4")
    func resumedAfterCommit() async throws {
        let fixture = try await Fixture()
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<64 {
                let message = Message.sample(in: fixture.agent)
                group.addTask {
                    try await fixture.index.write { tx in try tx.insert(message) }
                    return try Self.exists(message.id, fixture.stranger())
                }
            }
            for try await isThere in group { #expect(isThere) }
        }
    }

    private static func exists(_ id: Message.ID, _ db: Database) throws -> Bool {
        try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT * FROM messages WHERE id = ?)", arguments: [id]) == true
    }

    @Test("Many writes at once take fewer commits than units, and none is lost")
    func batching() async throws {
        let fixture = try await Fixture()
        let counter = CommitCounter()
        try await fixture.index.write { tx in tx.db.willCommit = counter.add }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<1_000 {
                let message = Message.sample(in: fixture.agent)
                group.addTask { try await fixture.index.write { tx in try tx.insert(message) } }
            }
            try await group.waitForAll()
        }
        #expect(try await fixture.index.read { try $0.messageCount() } == 1_000)
        #expect(counter.count < 500)
    }

    @Test("A group has at most 256 units")
    func groupsAreBounded() async throws {
        let fixture = try await Fixture()
        let counter = CommitCounter()
        try await fixture.index.write { tx in tx.db.willCommit = counter.add }
        let before = counter.count
        let messages = (0..<257).map { _ in Message.sample(in: fixture.agent) }
        let results = try await fixture.index.asOneGroup(messages.map { message in { tx in try tx.insert(message) } })
        for result in results { try result.get() }
        // The unit that held them up, 256 of them, and one.
        #expect(counter.count - before == 3)
    }

    @Test("Units of one group run one after the other and see what those before them did")
    func order() async throws {
        let fixture = try await Fixture()
        let results = try await fixture.index.asOneGroup(
            (0..<3).map { _ in
                { tx in
                    try tx.insert(.sample(in: fixture.agent))
                    return try tx.messageCount()
                }
            }
        )
        #expect(try results.map { try $0.get() }.sorted() == [1, 2, 3])
    }

    @Test("The time of a unit stands still")
    func nowIsFixed() async throws {
        let fixture = try await Fixture()
        let before = Timestamp.now()
        let times = try await fixture.index.write { tx in
            let first = tx.now
            while Timestamp.now() == first {}
            return [first, tx.now]
        }
        #expect(times[0] == times[1])
        #expect(times[0] >= before)
    }

    @Test("A cancelled task's unit is committed all the same")
    func cancellation() async throws {
        let fixture = try await Fixture()
        let message = Message.sample(in: fixture.agent)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await fixture.index.write { tx in try tx.insert(message) }
        }
        try await task.value
        #expect(try await fixture.index.read { try $0.anyMessage(id: message.id)?.message } == message)
    }
}
