/// How many there are, and how many bytes they have together.
package struct StoredAmount: Sendable, Equatable {
    package var count: Int
    package var bytes: Int

    package init(count: Int = 0, bytes: Int = 0) {
        (self.count, self.bytes) = (count, bytes)
    }

    /// Adds one thing.
    package mutating func add(_ bytes: Int) {
        count += 1
        self.bytes += bytes
    }
}

/// What is stored, in one snapshot.
package struct StorageFigures: Sendable, Equatable {
    /// How many types and channels are named, the largest first.
    package static let largest = 20
    /// The upper ends of the ages that are told apart, in days.
    package static let ages = [1, 7, 30, 90, 365]

    package struct Channel: Sendable, Equatable {
        package let id: Agent.ID
        package let userID: User.ID
        package let name: String
        package let files: StoredAmount
    }

    /// Files that are no older than so many days, counted from midnight (UTC), and older than the age before.
    package struct Age: Sendable, Equatable {
        /// Nil for all that are older.
        package let days: Int?
        package var files = StoredAmount()
    }

    package var files = StoredAmount()
    package var unattached = StoredAmount()
    package var blobs = StoredAmount()
    /// Blobs that no file has.
    package var reclaimable = StoredAmount()
    /// Blobs that were collected and can still be brought back.
    package var undoable = StoredAmount()
    /// Theirs included.
    package var doomedKeys = 0
    /// Files by the first half of their type, such as `image`, the largest first.
    package var families: [NamedAmount] = []
    package var types: [NamedAmount] = []
    package var channels: [Channel] = []
    package var ages: [Age] = []
    /// The oldest first.
    package var samples: [StorageSample] = []
    package var care: StoreCare

    /// How many bytes the disk would hold more if equal contents were stored each time.
    package var deduplicatedBytes: Int { files.bytes - (blobs.bytes - reclaimable.bytes) }
}

/// Files of some kind, by its name.
package struct NamedAmount: Sendable, Equatable {
    package let name: String
    package let files: StoredAmount
}

extension Querying {
    /// Reads only counts that triggers keep: its work grows with the types of files and the days on which some came.
    package func storageFigures(now: Timestamp) throws -> StorageFigures {
        let days: [NamedAmount] = try all(SQL.days)
        let types: [NamedAmount] = try all(SQL.types)
        let largest = StorageFigures.largest
        return StorageFigures(
            files: days.reduce(StoredAmount()) { $0 + $1.files },
            unattached: try amount("SELECT unattached_count, unattached_bytes FROM store"),
            blobs: try blobAmount(),
            reclaimable: try amount("SELECT unused_count, unused_bytes FROM store"),
            undoable: try amount("SELECT collected_count, collected_bytes FROM store"),
            doomedKeys: try one("SELECT doomed_count FROM store") ?? 0,
            families: Array(families(types).prefix(largest)),
            types: Array(types.prefix(largest)),
            channels: try all(SQL.channels, [largest]),
            ages: ages(days, now),
            samples: try storageSamples(),
            care: try storeCare(at: now)
        )
    }

    /// How many blobs there are, and their bytes.
    package func blobAmount() throws -> StoredAmount {
        try amount("SELECT blob_count, blob_bytes FROM store")
    }

    private func amount(_ sql: String) throws -> StoredAmount {
        try one(sql) ?? StoredAmount()
    }

    private func families(_ types: [NamedAmount]) -> [NamedAmount] {
        let byName = Dictionary(grouping: types) { String($0.name.prefix { $0 != "/" }) }
        return byName.map { name, types in
            NamedAmount(name: name, files: types.reduce(StoredAmount()) { $0 + $1.files })
        }
        .sorted { ($1.files.bytes, $0.name) < ($0.files.bytes, $1.name) }
    }

    private func ages(_ days: [NamedAmount], _ now: Timestamp) -> [StorageFigures.Age] {
        var ages = StorageFigures.ages.map { StorageFigures.Age(days: $0) } + [StorageFigures.Age(days: nil)]
        let limits = StorageFigures.ages.map { (now + .seconds(-$0 * 24 * 60 * 60)).day }
        for day in days {
            let place = limits.firstIndex { day.name >= $0 } ?? limits.count
            ages[place].files = ages[place].files + day.files
        }
        return ages
    }
}

extension StoredAmount: RowReadable {
    init(row: inout Row) {
        count = row.next()
        bytes = row.next()
    }

    static func + (left: Self, right: Self) -> Self {
        Self(count: left.count + right.count, bytes: left.bytes + right.bytes)
    }
}

extension NamedAmount: RowReadable {
    init(row: inout Row) {
        name = row.next()
        files = StoredAmount(row: &row)
    }
}

extension StorageFigures.Channel: RowReadable {
    init(row: inout Row) {
        id = row.next()
        userID = row.next()
        name = row.next()
        files = StoredAmount(row: &row)
    }
}

private enum SQL {
    static let days = "SELECT name, file_count, file_bytes FROM file_counts WHERE kind = 'day'"
    static let types = """
        SELECT name, file_count, file_bytes FROM file_counts WHERE kind = 'type' ORDER BY file_bytes DESC, name
        """
    static let channels = """
        SELECT id, user_id, name, file_count, file_bytes FROM agents
        WHERE removed_at IS NULL AND file_count > 0 ORDER BY file_bytes DESC, id LIMIT ?
        """
}
