import Synchronization

/// A copy of the index in one file, for a backup.
package final class IndexSnapshot: Sendable {
    private let connection: Mutex<SQLiteConnection>

    /// Copies the index at `path`, which may be in use, to a file that is missing or empty. What was deleted is not
    /// copied, nor free space. Reads the whole index in one snapshot; readers and the writer go on meanwhile.
    ///
    /// - Throws: ``IndexError``. What it has written until then stays.
    package static func write(ofIndexAt path: String, to copy: String) throws {
        do {
            try SQLiteConnection(path: path, .readOnly).execute("VACUUM INTO ?", [copy])
        } catch {
            throw IndexError.translating(error)
        }
    }

    /// Opens a copy to read it.
    ///
    /// - Throws: ``IndexError``.
    package init(path: String) throws {
        do {
            connection = Mutex(try SQLiteConnection(path: path, .readOnly))
        } catch {
            throw IndexError.translating(error)
        }
    }

    /// Runs `body` on the copy.
    package func read<T>(_ body: (Reader) throws -> T) throws -> T {
        do {
            return try connection.withLock { try body(Reader(connection: .sqlite($0))) }
        } catch {
            throw IndexError.translating(error)
        }
    }

    /// Makes a copy the index of another store. All sessions in it end: some may have been ended since it was made.
    ///
    /// - Throws: ``IndexError``.
    package static func adopt(_ path: String, by storeID: String) throws {
        do {
            let connection = try SQLiteConnection(path: path, .readWrite)
            try connection.transaction {
                try connection.execute("UPDATE store SET id = ?", [storeID])
                try connection.run(script: "DELETE FROM sessions; DELETE FROM removal_holds")
            }
        } catch {
            throw IndexError.translating(error)
        }
    }
}
