import CSQLite
import Dispatch
import Synchronization

/// When the write-ahead log is written back into the index, and by whom.
///
/// SQLite itself does it at the end of a commit that finds 1000 pages in the log. After small commits that takes a few
/// milliseconds now and then. But after one of 8 MiB it takes as long as the commit itself, before its caller is resumed.
/// So what a large commit wrote is written back by a connection of its own, while the next groups commit. The log then
/// grows, and a long one makes every commit slower; so the writer still does it where the log is long.
final class Checkpoints: Sendable {
    enum By: Equatable { case nobody, writer, other }

    /// SQLite's default.
    static let pages = 1000
    /// What a commit must write to count as large.
    static let largeCommit = 500
    /// 16 MiB, the length to which the log is cut back (`journal_size_limit`).
    static let longLog = 4000

    private struct State {
        /// How many pages the log had after the commit before.
        var lastPages = 0
        var isUnderWay = false
    }

    private let connection: SQLiteConnection
    private let queue = DispatchQueue(label: "checkpoints")
    private let state = Mutex(State())

    /// Opens another connection to the index at `path`, which must be in WAL mode.
    init(path: String) throws {
        connection = try SQLiteConnection(path: path, .readWrite)
        try connection.run(script: "PRAGMA synchronous = FULL")
    }

    /// Who writes the log back, now that it has so many pages, of which the last commit wrote `new`.
    static func by(pages: Int, new: Int) -> By {
        guard pages >= Self.pages else { return .nobody }
        return new >= largeCommit && pages < longLog ? .other : .writer
    }

    /// Takes the place of SQLite's own rule in the writer's connection. Whoever installs it keeps this object for as long
    /// as that is open.
    func install(in writer: SQLiteConnection) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        sqlite3_wal_hook(
            writer.handle,
            { context, connection, _, pages in
                guard let context else { return SQLITE_OK }
                let checkpoints = Unmanaged<Checkpoints>.fromOpaque(context).takeUnretainedValue()
                checkpoints.committed(pages: Int(pages), connection)
                return SQLITE_OK
            },
            context
        )
    }

    /// Waits for what is under way, and closes the connection.
    func close() {
        queue.sync { connection.close() }
    }

    /// Called at the end of each commit. A failure is met again by the next commit, and is no failure of this one.
    private func committed(pages: Int, _ writer: OpaquePointer?) {
        let by = state.withLock { state in
            let new = pages - (pages < state.lastPages ? 0 : state.lastPages)
            state.lastPages = pages
            let by = Self.by(pages: pages, new: new)
            if by == .other {
                if state.isUnderWay { return By.nobody }
                state.isUnderWay = true
            }
            return by
        }
        switch by {
        case .nobody: break
        case .writer: sqlite3_wal_checkpoint_v2(writer, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
        case .other:
            queue.async { [self] in
                guard connection.isOpen else { return }
                sqlite3_wal_checkpoint_v2(connection.handle, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
                state.withLock { $0.isUnderWay = false }
            }
        }
    }
}
