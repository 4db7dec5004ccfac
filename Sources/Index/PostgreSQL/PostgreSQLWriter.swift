import CPostgreSQL
import Dispatch
import Glibc
import Synchronization

/// The one connection of this node that writes to PostgreSQL.
///
/// Each group is a transaction that takes the write lock of the index first. So units run one after the other on all nodes
/// together, as they do on one: what a unit has looked up stays true until its commit, and the numbers of the feed are
/// given out in the order of commits. A node that hangs with the lock is thrown out by the server
/// (`idle_in_transaction_session_timeout`).
final class PostgreSQLWriter: GroupWriter {
    /// The write lock, as `pg_advisory_xact_lock` knows it: "placet", and 1.
    static let lock: Int64 = 0x706c_6163_6574_0001
    /// Whoever moves the store elsewhere has this one too, as long as he lives.
    static let moveLock = lock + 1
    /// For how long a group is tried again after the connection was lost, before its callers are told.
    private static let patience = Duration.seconds(5)

    private let server: PostgreSQLServer
    private let feed: ChangeFeed
    /// Where the store is for this process, in the words of `store.moved_to`.
    private let place: String
    private let queue = DispatchQueue(label: "index")
    /// Nil after it was lost. Used on the queue only.
    private let connection: Mutex<Opened?>
    private let isClosed = Atomic(false)
    /// The server's process for the connection, whose notifications are this node's own.
    private let process: Atomic<CInt>

    private struct Opened {
        let connection: PostgreSQLConnection
        let history: String?
    }

    init(_ connection: PostgreSQLConnection, to server: PostgreSQLServer, feed: ChangeFeed, place: String) {
        (self.server, self.feed, self.place) = (server, feed, place)
        process = Atomic(PQbackendPID(connection.handle))
        self.connection = Mutex(Opened(connection: connection, history: connection.history))
    }

    func isOwn(process: CInt) -> Bool { self.process.load(ordering: .relaxed) == process }

    func run(_ body: @escaping @Sendable () -> Void) { queue.async(execute: body) }

    func tidyUp() -> Bool { false }

    func close() {
        isClosed.store(true, ordering: .relaxed)
        queue.sync { connection.withLock { $0 = nil } }
    }

    func commit(_ units: (Transaction, IndexFiles?) throws -> Void) throws -> Bool {
        var patience = Patience(Self.patience)
        while true {
            do {
                try attempt(units, &patience)
                return false
            } catch let error as PostgreSQLError where error.isLoss || error.isConflict {
                // Nothing of it was stored.
                guard patience.wait(), !isClosed.load(ordering: .relaxed) else {
                    feed.countCommit()
                    throw error
                }
            } catch {
                feed.countCommit()
                throw error
            }
        }
    }

    /// - Throws: only when nothing was stored, except ``IndexError/unknownOutcome``.
    private func attempt(_ units: (Transaction, IndexFiles?) throws -> Void, _ patience: inout Patience) throws {
        let opened = try opened()
        let connection = opened.connection
        let index = IndexConnection.postgreSQL(connection)
        let tx = Transaction(connection: index, now: .now(), announcements: Announcements())
        let number: Int64
        let news: [FeedRow]
        do {
            connection.begin("ISOLATION LEVEL READ COMMITTED", "SELECT pg_advisory_xact_lock(\(Self.lock))")
            let head: GroupHead? = try tx.one("SELECT pg_current_xact_id(), moved_to FROM store")
            if let movedTo = head?.movedTo, movedTo != place { throw IndexError.moved(to: movedTo) }
            number = head?.number ?? 0
            try units(tx, nil)
            connection.queue("NOTIFY \(FeedListener.channel)")
            news = try announced(by: tx)
        } catch {
            connection.rollBack()
            // The server has become a standby: where several are named, the next connection goes to the primary.
            if (error as? PostgreSQLError)?.isReadOnly == true { connection.giveUp() }
            throw error
        }
        do {
            try connection.commit()
        } catch let error as PostgreSQLError where error.isLoss {
            guard try wasCommitted(number, opened.history, &patience) else { throw error }
        } catch {
            connection.rollBack()
            throw error
        }
        feed.countCommit()
        feed.publish(news)
    }

    /// Adds to the feed what the units announce, and reads what comes before it. Nobody else can add to it until the commit.
    private func announced(by tx: Transaction) throws -> [FeedRow] {
        guard try FeedTable.add(tx.announcements, in: tx) else { return [] }
        let rows = try FeedTable.rows(after: feed.lastNumber, in: tx)
        try FeedTable.trim(after: rows, in: tx)
        return rows
    }

    /// What became of a transaction whose commit had no answer. It has the write lock as long as it is not ended.
    ///
    /// Only a server with the same history knows. A standby that has taken over may never have heard of the transaction,
    /// and then gives its number to the next one.
    private func wasCommitted(_ number: Int64, _ history: String?, _ patience: inout Patience) throws -> Bool {
        while true {
            do {
                let opened = try opened()
                let connection = opened.connection
                guard let history, opened.history == history else { throw IndexError.unknownOutcome }
                var status: String?
                try connection.transaction {
                    try connection.execute("SELECT pg_advisory_xact_lock(?)", [Self.lock])
                    status = try Reader(connection: .postgreSQL(connection)).one(
                        "SELECT pg_xact_status(?::text::xid8)",
                        ["\(number)"]
                    )
                }
                switch status {
                case "committed": return true
                case "aborted": return false
                // Too old for the server to know.
                default: throw IndexError.unknownOutcome
                }
            } catch let error as PostgreSQLError where error.isLoss && patience.wait() {
                continue
            } catch {
                throw IndexError.unknownOutcome
            }
        }
    }

    /// The connection, or another one when it was lost.
    private func opened() throws -> Opened {
        if let opened = connection.withLock({ $0 }), opened.connection.isOpen { return opened }
        let new = try PostgreSQLConnection(to: server)
        process.store(PQbackendPID(new.handle), ordering: .relaxed)
        let opened = Opened(connection: new, history: new.history)
        connection.withLock { $0 = opened }
        return opened
    }
}

extension PostgreSQLConnection {
    /// Which server's transactions this one has had, and since which take-over: the cluster's number, and the timeline. Nil
    /// where that cannot be known, as on a standby.
    fileprivate var history: String? {
        let sql = """
            SELECT system_identifier || ' ' || left(pg_walfile_name(pg_current_wal_lsn()), 8) FROM pg_control_system()
            """
        return try? Reader(connection: .postgreSQL(self)).one(sql)
    }
}

/// The number of a group's transaction, and where the store is if not here.
private struct GroupHead: RowReadable {
    let number: Int64
    let movedTo: String?

    init(row: inout Row) {
        number = row.next()
        movedTo = row.next()
    }
}

/// How long and how often something is tried again.
private struct Patience {
    private let end: ContinuousClock.Instant
    private var pause = Duration.milliseconds(20)

    init(_ time: Duration) { end = .now + time }

    /// Waits a little, each time longer. False when it has been long enough.
    mutating func wait() -> Bool {
        guard ContinuousClock.now + pause < end else { return false }
        usleep(UInt32(pause / .microseconds(1)))
        pause = min(pause * 2, .milliseconds(500))
        return true
    }
}
