import Foundation
import IndexSupport
import Synchronization
import Testing

@testable import Index

@Suite("Two nodes on one PostgreSQL", .timeLimit(.minutes(2))) struct NodesTests {
    private let server: PostgreSQLServer
    private let (a, b): (StoreIndex, StoreIndex)

    init() throws {
        server = try PostgreSQLCluster.shared.get().makeDatabase()
        a = try StoreIndex(on: server, newStoreID: "store-1")
        b = try StoreIndex(on: server, newStoreID: "store-1")
    }

    private func node() throws -> StoreIndex { try StoreIndex(on: server, newStoreID: "store-1") }

    private func changes(_ index: StoreIndex, after number: Int64) -> [Message.ID?]? {
        index.changes(of: .channel("c"), after: number)?.changes.map(\.change.messageID)
    }

    // MARK: The feed

    @Test("what is announced on one wakes who waits on the other")
    func wakeUp() async throws {
        async let heard = b.wait(for: .channel("c"), until: .now + .seconds(60)) { () -> Int64? in
            b.lastChangeNumber > 0 ? b.lastChangeNumber : nil
        }
        while b.parkedWaits == 0 { await Task.yield() }
        try await a.announce("m1")
        #expect(try await heard == 1)
        #expect(changes(b, after: 0) == ["m1"])
    }

    @Test("a bell rings on the other, without a change to tell")
    func bells() async throws {
        let looks = Mutex(0)
        async let heard = b.wait(for: .access("u1"), until: .now + .seconds(60)) { () -> Bool? in
            looks.withLock { count in
                count += 1
                return count
            } > 1 ? true : nil
        }
        while b.parkedWaits == 0 { await Task.yield() }
        try await a.write { $0.announcements.ring(.access("u1")) }
        #expect(try await heard == true)
        #expect(changes(b, after: 0) == [])
    }

    @Test("both give the same changes the same numbers, in the order of commits, however they race")
    func order() async throws {
        let each = 100
        try await withThrowingTaskGroup(of: Void.self) { group in
            for node in [a, b] {
                for _ in 0..<4 {
                    group.addTask { for _ in 0..<each { try await node.announce(.make()) } }
                }
            }
            try await group.waitForAll()
        }
        let last = Int64(8 * each)
        for node in [a, b] {
            _ = try await node.wait(for: .channel("c"), until: .now + .seconds(60)) {
                node.lastChangeNumber == last ? true : nil
            }
        }
        let (first, second) = (a.changes(of: .channel("c"), after: 0), b.changes(of: .channel("c"), after: 0))
        #expect(first?.changes.map(\.number) == Array(1...last))
        #expect(first == second)
    }

    @Test("a listener goes on at another node, and after a start, from the number that it has")
    func resuming() async throws {
        for number in 1...5 { try await a.announce(Message.ID(rawValue: "m\(number)")) }
        let c = try node()
        #expect(changes(c, after: 2) == ["m3", "m4", "m5"])
        #expect(changes(c, after: 5) == [])
        // A number of another engine, or of nobody.
        #expect(changes(c, after: 1_795_472_041_123_000) == nil)
        c.close()
    }

    @Test("of the feed as much is kept as listeners may ask for, and a node that missed more says so")
    func trimming() async throws {
        let connection = Reader(connection: .postgreSQL(try PostgreSQLConnection(to: server)))
        let group = 3000
        for _ in 0..<9 {
            try await a.write { tx in
                for _ in 0..<group { tx.announcements.append(Change(.messageCreated, channelID: "c"), userID: "u") }
            }
        }
        #expect(a.lastChangeNumber == Int64(9 * group))
        let kept: Int = try connection.one("SELECT count(*) FROM feed") ?? 0
        #expect((2 * ChangeLog.capacity...2 * ChangeLog.capacity + group + 1024).contains(kept))
        let c = try node()
        #expect(changes(c, after: Int64(9 * group - ChangeLog.capacity))?.count == ChangeLog.capacity)
        #expect(changes(c, after: 0) == nil)
        c.close()
    }

    // MARK: Caches

    @Test("a cache of one hears of every commit of the other, also of those that announce nothing")
    func commitCounts() async throws {
        try await b.hears()
        let before = b.commitCount
        #expect(b.commitCount == before)
        try await a.write { _ = try $0.execute("UPDATE store SET checked_at = ?", [7]) }
        while b.commitCount == before { await Task.yield() }
    }

    @Test("while a node cannot hear the others, no cache of its is good")
    func deaf() async throws {
        let cluster = try PostgreSQLCluster()
        let server = try cluster.makeDatabase()
        let node = try StoreIndex(on: server, newStoreID: "s")
        try await node.hears()
        try cluster.order("kill")
        while node.commitCount == node.commitCount { await Task.yield() }
        try cluster.order("start")
        try await node.hears()
        node.close()
    }

    // MARK: Listeners and servers that end

    @Test("a listener whose connection was cut has missed nothing once it is back")
    func listenerCut() async throws {
        try await b.hears()
        for number in 1...10 {
            let process = try #require(b.listener?.process)
            let end = "SELECT pg_terminate_backend(?::integer, 5000)"
            try PostgreSQLConnection(to: server).execute(end, [Int(process)])
            try await a.announce(Message.ID(rawValue: "m\(number)"))
            _ = try await b.wait(for: .channel("c"), until: .now + .seconds(30)) {
                b.lastChangeNumber == number ? true : nil
            }
            #expect(b.lastChangeNumber == number)
            while b.listener?.process == nil || b.listener?.process == process { await Task.yield() }
        }
    }

    @Test("a server that stops hard loses nothing that was acknowledged, and the node goes on when it is back")
    func hardStop() async throws {
        let cluster = try PostgreSQLCluster("fsync=on")
        let server = try cluster.makeDatabase()
        let node = try StoreIndex(on: server, newStoreID: "s")
        try PostgreSQLConnection(to: server).run(script: "CREATE TABLE probes (name text PRIMARY KEY)")
        let stored = Stored()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<4 {
                group.addTask {
                    var number = 0
                    while !stored.isOver.load(ordering: .relaxed) {
                        let name = "\(writer)-\(number)"
                        number += 1
                        do {
                            try await node.write { _ = try $0.execute("INSERT INTO probes VALUES (?)", [name]) }
                            stored.names.withLock { $0.append(name) }
                        } catch IndexError.unavailable, IndexError.unknownOutcome {}
                    }
                }
            }
            for _ in 0..<3 {
                let count = stored.names.withLock { $0.count }
                while stored.names.withLock({ $0.count }) < count + 50 { await Task.yield() }
                try cluster.order("kill")
                await #expect(throws: IndexError.unavailable) { try await node.read { try $0.one("SELECT 1") as Int? } }
                try cluster.order("start")
            }
            stored.isOver.store(true, ordering: .relaxed)
            try await group.waitForAll()
        }
        let found = try await node.read { try Set($0.all("SELECT name FROM probes") as [String]) }
        #expect(Set(stored.names.withLock { $0 }).subtracting(found).isEmpty)
        node.close()
    }

    @Test("what another server says of a lost commit is not believed: it may have given the number to its own")
    func otherServer() async throws {
        let clusters = [try PostgreSQLCluster(), try PostgreSQLCluster()]
        let hosts = clusters.map { "127.0.0.1:\($0.port)" }.joined(separator: ",")
        let server = try #require(PostgreSQLServer(location: "postgresql://placet@\(hosts)/postgres"))
        let node = try StoreIndex(on: server, newStoreID: "s")
        // The other one has committed more transactions.
        let other = try clusters[1].connect()
        for _ in 0..<200 { try other.execute("SELECT pg_current_xact_id()", []) }
        await #expect(throws: IndexError.unknownOutcome) {
            try await node.write { tx in
                guard case .postgreSQL(let connection) = tx.connection else { return }
                _ = try tx.execute("UPDATE store SET checked_at = ?", [7])
                connection.didCommit = {
                    try clusters[0].order("kill")
                    connection.giveUp()
                    throw PostgreSQLError(state: "08006", message: "cut by the test")
                }
            }
        }
        node.close()
    }

    @Test("a unit that cannot reach the server is told so in some seconds")
    func unreachable() async throws {
        let cluster = try PostgreSQLCluster()
        let node = try StoreIndex(on: cluster.makeDatabase(), newStoreID: "s")
        try cluster.order("stop")
        await #expect(throws: IndexError.unavailable) { try await node.checkWritable() }
        node.close()
    }

    // MARK: Starting

    @Test("nodes that start at the same time on an empty database make one index of it")
    func startingTogether() async throws {
        let server = try PostgreSQLCluster.shared.get().makeDatabase()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 { group.addTask { try StoreIndex(on: server, newStoreID: "s").close() } }
            try await group.waitForAll()
        }
        let reader = Reader(connection: .postgreSQL(try PostgreSQLConnection(to: server)))
        #expect(try reader.one("SELECT count(*) FROM schema_files") == PostgreSQLSchema.files.count)
        #expect(try reader.all("SELECT id FROM store") == ["s"])
    }

    @Test("the first node says whose the index is, and the others take that")
    func storeID() throws {
        let c = try StoreIndex(on: server, newStoreID: "store-2")
        #expect([a, b, c].map(\.storeID) == ["store-1", "store-1", "store-1"])
        c.close()
    }

    @Test("an index of a later release is refused")
    func newer() throws {
        try PostgreSQLConnection(to: server).run(script: "INSERT INTO schema_files VALUES (99)")
        #expect(throws: IndexError.newerSchema) { try StoreIndex(on: server, newStoreID: "store-1") }
    }

    @Test(
        "a database that sorts or knows letters in another way is refused with what to do",
        arguments: [
            ("ENCODING 'LATIN1' LOCALE 'C'", "the encoding UTF8 (createdb -E UTF8)"),
            ("LOCALE 'C'", "the locale C.UTF-8 (createdb --locale=C.UTF-8 --template=template0)"),
        ]
    )
    func unsuitable(options: String, remedy: String) throws {
        let cluster = try PostgreSQLCluster.shared.get()
        let name = "other\(options.utf8.count)"
        try cluster.connect().run(script: "CREATE DATABASE \(name) \(options) TEMPLATE template0")
        #expect(throws: IndexError.unsuitableServer("the database must have " + remedy)) {
            try StoreIndex(on: cluster.server(name), newStoreID: "s")
        }
    }
}

/// What several tasks have stored until they are to stop.
private final class Stored: Sendable {
    let names = Mutex<[String]>([])
    let isOver = Atomic(false)
}

extension StoreIndex {
    fileprivate func announce(_ id: Message.ID) async throws {
        try await write { tx in
            tx.announcements.append(Change(.messageCreated, channelID: "c", messageID: id), userID: "u")
        }
    }

    /// Waits until it hears of others' commits, so that its count stands still.
    fileprivate func hears() async throws {
        while commitCount != commitCount { await Task.yield() }
    }
}
