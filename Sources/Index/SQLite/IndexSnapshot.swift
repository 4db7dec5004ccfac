import GRDB

/// A copy of the index in one file, for a backup.
package final class IndexSnapshot: Sendable {
    private let queue: DatabaseQueue

    /// Copies the index at `path`, which may be in use, to a file that is missing or empty. What was deleted is not
    /// copied, nor free space. Reads the whole index in one snapshot; readers and the writer go on meanwhile.
    ///
    /// - Throws: ``IndexError``. What it has written until then stays.
    package static func write(ofIndexAt path: String, to copy: String) throws {
        do {
            var configuration = Configuration.index
            configuration.readonly = true
            try DatabaseQueue(path: path, configuration: configuration).inDatabase { db in
                try db.execute(sql: "VACUUM INTO ?", arguments: [copy])
            }
        } catch {
            throw IndexError.translating(error)
        }
    }

    /// Opens a copy to read it.
    ///
    /// - Throws: ``IndexError``.
    package init(path: String) throws {
        do {
            var configuration = Configuration()
            configuration.readonly = true
            queue = try DatabaseQueue(path: path, configuration: configuration)
        } catch {
            throw IndexError.translating(error)
        }
    }

    /// Runs `body` on the copy.
    package func read<T>(_ body: (Reader) throws -> T) throws -> T {
        do {
            return try queue.inDatabase { db in try body(Reader(connection: SQLiteConnection(database: db))) }
        } catch {
            throw IndexError.translating(error)
        }
    }

    /// Makes a copy the index of another store. All sessions in it end: some may have been ended since it was made.
    ///
    /// - Throws: ``IndexError``.
    package static func adopt(_ path: String, by storeID: String) throws {
        do {
            var configuration = Configuration()
            configuration.foreignKeysEnabled = true
            try DatabaseQueue(path: path, configuration: configuration).write { db in
                try db.execute(sql: "UPDATE store SET id = ?", arguments: [storeID])
                try db.execute(sql: "DELETE FROM sessions; DELETE FROM removal_holds")
            }
        } catch {
            throw IndexError.translating(error)
        }
    }
}
