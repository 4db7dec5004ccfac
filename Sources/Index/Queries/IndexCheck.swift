extension Querying {
    /// Blobs in the order of their keys, after that one, at most `limit`; without ``blobsWithImpossibleKeys(limit:)``.
    package func blobs(afterKey key: String, limit: Int) throws -> [Blob] {
        try all(SQL.byKey, [key, limit])
    }

    /// All blobs whose keys are in one of the 256 folders, such as `sha256/0f`; without
    /// ``blobsWithImpossibleKeys(limit:)``.
    package func blobs(inFolder folder: String) throws -> [Blob] {
        // The digit 0 comes after the slash.
        try all(SQL.inFolder, ["\(folder)/", "\(folder)0"])
    }

    /// Blobs whose key is none, or says another digest than the row. Only damage or a hand explains them.
    ///
    /// Reads all blobs.
    package func blobsWithImpossibleKeys(limit: Int) throws -> [Blob] {
        try all(SQL.impossible, [limit])
    }

    /// Whether a blob or a part of an upload has that key, or it is doomed.
    package func isKnown(key: String) throws -> Bool {
        try exists(SQL.known, [key, key, key])
    }

    /// What SQLite finds wrong with the file of the index, in its own words, at most 100; none when all is well.
    /// PostgreSQL's files are its operator's to check (`pg_amcheck`).
    ///
    /// Reads the whole file, the full-text index excepted.
    package func fileProblems() throws -> [String] {
        isPostgreSQL ? [] : try all("PRAGMA integrity_check(100)").filter { $0 != "ok" }
    }

    /// A sentence for each table with rows that refer to what is not there. Reads all tables. PostgreSQL always judges
    /// references, so there are none.
    package func brokenReferences() throws -> [String] {
        isPostgreSQL ? [] : try all(SQL.brokenReferences)
    }
}

private enum SQL {
    static let known = """
        SELECT 1 FROM blobs WHERE key = ? UNION ALL SELECT 1 FROM doomed_keys WHERE key = ?
        UNION ALL SELECT 1 FROM upload_parts WHERE key = ?
        """
    static let byKey = "SELECT \(Blob.columns) FROM blobs WHERE key > ? AND \(isPossible) ORDER BY key LIMIT ?"
    static let inFolder = "SELECT \(Blob.columns) FROM blobs WHERE key > ? AND key < ? AND \(isPossible) ORDER BY key"
    static let impossible = "SELECT \(Blob.columns) FROM blobs WHERE NOT (\(isPossible)) ORDER BY sha256 LIMIT ?"
    static let brokenReferences = """
        SELECT count(*) || ' rows of ' || "table" || ' refer to rows of ' || parent || ' that are not there'
        FROM pragma_foreign_key_check GROUP BY "table", parent ORDER BY 1
        """
    /// The form of a key, and that it begins with the digest of its row.
    private static let isPossible = """
        length(key) = 105 AND substr(key, 1, 7) = 'sha256/' AND substr(key, 10, 1) = '/' AND substr(key, 73, 1) = '.'
        AND ltrim(substr(key, 74), '0123456789abcdef') = '' AND ltrim(sha256, '0123456789abcdef') = ''
        AND substr(key, 8, 2) || substr(key, 11, 62) = sha256
        """
}
