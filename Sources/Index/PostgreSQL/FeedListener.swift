import CPostgreSQL
import Dispatch
import Glibc
import Synchronization

/// Hears of the commits of all nodes, on a connection of its own, and passes on what they announce.
///
/// A notification is a doorbell: what has changed is read from the table. It is read after each ring, after each second
/// connection, and twice a second besides, which also shows whether the connection is alive. While it is not, the feed
/// knows that it misses commits.
final class FeedListener: Sendable {
    /// On which every commit rings.
    static let channel = "placet"
    /// When nothing rings; and for how long an answer may take. So a dead connection is noticed within a second.
    private static let heartbeat = Duration.milliseconds(450)
    private static let longestPause = Duration.seconds(1)

    private struct State {
        var connection: PostgreSQLConnection?
        var isClosed = false
    }

    private let server: PostgreSQLServer
    private let feed: ChangeFeed
    /// Whether the notification of that process of the server is this node's own.
    private let isOwn: @Sendable (_ process: CInt) -> Bool
    private let queue = DispatchQueue(label: "index.feed")
    private let state = Mutex(State())

    /// Does not listen yet: until then, commits of others go unheard.
    init(_ server: PostgreSQLServer, _ feed: ChangeFeed, isOwn: @escaping @Sendable (_ process: CInt) -> Bool) {
        (self.server, self.feed, self.isOwn) = (server, feed, isOwn)
        feed.hearsOthers(false)
    }

    func start() { queue.async { self.run() } }

    /// Ends the connection, and waits for its thread.
    func close() {
        state.withLock { state in
            state.isClosed = true
            state.connection?.giveUp()
        }
        queue.sync {}
    }

    /// For tests: the server's process that notifies this node; nil while there is none.
    var process: CInt? { state.withLock { $0.connection.map { PQbackendPID($0.handle) } } }

    private var isClosed: Bool { state.withLock { $0.isClosed } }

    private func run() {
        var pause = Duration.milliseconds(20)
        while !isClosed {
            // Whatever ends it, the way out is another connection. Who needs the server is told so by his own.
            try? listen { pause = .milliseconds(20) }
            feed.hearsOthers(false)
            state.withLock { $0.connection = nil }
            if isClosed { return }
            usleep(UInt32(pause / .microseconds(1)))
            pause = min(pause * 2, Self.longestPause)
        }
    }

    /// Listens until the connection is lost.
    private func listen(onStart: () -> Void) throws {
        let connection = try PostgreSQLConnection(to: server)
        connection.patience = Self.heartbeat
        state.withLock { $0.connection = connection }
        try connection.execute("LISTEN \(Self.channel)", [])
        // What was committed before is read now, what comes later rings.
        feed.hearsOthers(true)
        try readNews(connection)
        onStart()
        while !isClosed {
            if connection.waitForBytes(Self.heartbeat) { try connection.takeBytes() }
            try readNews(connection)
        }
    }

    private func readNews(_ connection: PostgreSQLConnection) throws {
        // A notification that comes with the answer may be of a commit that the answer does not show.
        repeat {
            feed.publish(try FeedTable.rows(after: feed.lastNumber, in: Reader(connection: .postgreSQL(connection))))
        } while heardOfCommits(connection)
    }

    private func heardOfCommits(_ connection: PostgreSQLConnection) -> Bool {
        var hasHeard = false
        while let notification = PQnotifies(connection.handle) {
            defer { PQfreemem(notification) }
            if !isOwn(notification.pointee.be_pid) { hasHeard = true }
        }
        if hasHeard { feed.countCommit() }
        return hasHeard
    }
}

extension PostgreSQLConnection {
    /// Takes what the server has sent by itself.
    fileprivate func takeBytes() throws {
        guard PQconsumeInput(handle) == 1, isOpen else { throw failure(nil) }
    }
}
