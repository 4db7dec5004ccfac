import CSchema
import GRDB

/// The tables of the index, made by the numbered files in `Sources/CSchema`. Each file runs once, in order.
enum Schema {
    /// The texts of the files, from number 1 on.
    static var files: [String] {
        sequence(first: 1) { $0 + 1 }.lazy.map { placet_schema($0) }.prefix { $0 != nil }.compactMap { $0 }
            .map { String(cString: $0) }
    }

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        for (number, sql) in zip(1..., files) {
            // A file that rebuilds a table needs `.deferred` instead, which checks the foreign keys of the whole index.
            migrator.registerMigration("\(number)", foreignKeyChecks: .immediate) { db in try db.execute(sql: sql) }
        }
        return migrator
    }

    /// Throws ``IndexError/foreignStore`` or ``IndexError/newerSchema`` when the file is not for this store or this
    /// release. A new file passes.
    static func checkStore(_ storeID: String, _ db: Database) throws {
        if try migrator.hasBeenSuperseded(db) { throw IndexError.newerSchema }
        guard try db.tableExists("store") else { return }
        let recorded = try String.fetchOne(db, sql: "SELECT id FROM store")
        if let recorded, recorded != storeID { throw IndexError.foreignStore }
    }

    /// Ties a new index to its store.
    static func recordStore(_ storeID: String, _ db: Database) throws {
        try db.execute(
            sql: "INSERT INTO store (singleton, id, checked_at) VALUES (1, ?, ?) ON CONFLICT DO NOTHING",
            arguments: [storeID, Timestamp.now().milliseconds]
        )
    }
}
