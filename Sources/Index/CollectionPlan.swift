import Crypto

/// What a collection takes: unattached files that had expired at one moment, and blobs that no file had had for a grace
/// then. Nothing is added to it later, because only what happened before its moment counts.
package struct CollectionPlan: Sendable, Equatable {
    /// The name of a plan: its moment, its grace and a digest of everything it takes. Who has it can prove that a plan
    /// made again is the same, and the server need not remember it.
    ///
    /// As text it is three numbers with full stops between: milliseconds since 1970, seconds, SHA-256 in hex.
    package struct ID: Hashable, Sendable {
        package let moment: Timestamp
        package let grace: Duration
        let digest: String

        /// The name of no plan.
        package static let nothing = ID(moment: Timestamp(milliseconds: 0), grace: .zero)

        /// Says what is due, and proves nothing.
        package init(moment: Timestamp, grace: Duration) {
            self.init(moment: moment, grace: grace, digest: "")
        }

        init(moment: Timestamp, grace: Duration, digest: String) {
            (self.moment, self.grace, self.digest) = (moment, grace, digest)
        }

        /// Blobs that lost their last file before this are taken.
        var unreferencedBefore: Timestamp {
            // The list of unreferenced blobs knows whole seconds, and the second of the moment was not yet over.
            let time = moment + (.zero - grace)
            return Timestamp(milliseconds: time.milliseconds - time.milliseconds % 1_000)
        }
    }

    /// How a blob lost its last file.
    package enum Reason: String, Storable, CaseIterable {
        case expired
        case fileDeleted
        case messageDeleted
        /// Its message was older than the channel keeps them.
        case ageLimit
        case channelDeleted
    }

    /// The blobs whose last files one channel had.
    package struct ChannelShare: Sendable, Equatable {
        package let channelID: Agent.ID
        /// Nil when the channel is gone.
        package let name: String?
        package let blobs: StoredAmount
    }

    /// How many channels a plan names: those with most bytes.
    package static let mostChannels = 100

    package let id: ID
    /// Unattached files whose time is over.
    package let files: StoredAmount
    /// Blobs that no file has.
    package let blobs: StoredAmount
    /// When the first of them expired or lost its last file; nil when there is none.
    package let oldest: Timestamp?
    /// The blobs by how they lost their last file.
    package let byReason: [Reason: StoredAmount]
    /// The blobs by the channel of their last file, the most bytes first: ``mostChannels`` at most.
    package let byChannel: [ChannelShare]
}

extension CollectionPlan.ID: LosslessStringConvertible {
    package init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let milliseconds = Int64(parts[0]), let seconds = Int64(parts[1]),
            milliseconds >= 0, seconds >= 0
        else { return nil }
        moment = Timestamp(milliseconds: milliseconds)
        grace = .seconds(seconds)
        digest = String(parts[2])
    }

    package var description: String { "\(moment.milliseconds).\(grace.components.seconds).\(digest)" }
}

extension Querying {
    /// What a collection would take that is planned at `moment`. Its work grows with what is taken.
    package func collectionPlan(at moment: Timestamp, grace: Duration) throws -> CollectionPlan {
        let scope = CollectionPlan.ID(moment: moment, grace: grace)
        var count = PlanCount()
        try connection.rows(SQL.expired, [moment]) { count.addFile($0) }
        try connection.rows(SQL.unreferenced, [scope.unreferencedBefore]) { count.addBlob($0) }
        let digest = count.hash.finalize().map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        return CollectionPlan(
            id: CollectionPlan.ID(moment: moment, grace: grace, digest: digest),
            files: count.files,
            blobs: count.blobs,
            oldest: count.oldest,
            byReason: count.byReason,
            byChannel: try count.largestChannels.map { channelID, blobs in
                let name: String? = try one(SQL.channelName, [channelID])
                return CollectionPlan.ChannelShare(channelID: channelID, name: name, blobs: blobs)
            }
        )
    }
}

/// What is counted while the rows of a plan are read.
private struct PlanCount {
    var hash = SHA256()
    var oldest: Timestamp?
    var files = StoredAmount()
    var blobs = StoredAmount()
    var byReason: [CollectionPlan.Reason: StoredAmount] = [:]
    private var byChannel: [Agent.ID: StoredAmount] = [:]

    /// Reads `id, size, expires_at`.
    mutating func addFile(_ row: Row) -> Bool {
        var row = row
        add(row.next())
        files.add(row.next())
        note(row.next())
        return true
    }

    /// Reads `sha256, size, since, reason, channel_id`.
    mutating func addBlob(_ row: Row) -> Bool {
        var row = row
        add(row.next())
        let size: Int = row.next()
        blobs.add(size)
        note(row.next())
        byReason[row.next(), default: StoredAmount()].add(size)
        byChannel[row.next(), default: StoredAmount()].add(size)
        return true
    }

    var largestChannels: ArraySlice<(key: Agent.ID, value: StoredAmount)> {
        byChannel.sorted { ($1.value.bytes, $0.key.rawValue) < ($0.value.bytes, $1.key.rawValue) }
            .prefix(CollectionPlan.mostChannels)
    }

    private mutating func add(_ name: String) {
        var line = name + "\n"
        line.withUTF8 { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
    }

    private mutating func note(_ time: Timestamp) {
        oldest = min(oldest ?? time, time)
    }
}

private enum SQL {
    static let expired = """
        SELECT id, size, expires_at FROM attachments
        WHERE message_id IS NULL AND expires_at <= ? ORDER BY expires_at, id
        """
    // The plus keeps SQLite from the index by time: in order of digests no other row is looked for.
    static let unreferenced = """
        SELECT sha256, size, since, reason, channel_id FROM unreferenced_blobs WHERE +since < ? ORDER BY sha256
        """
    static let channelName = "SELECT name FROM agents WHERE id = ? AND removed_at IS NULL"
}
