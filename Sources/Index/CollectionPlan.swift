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

    package let id: ID
    /// Unattached files whose time is over.
    package let files: StoredAmount
    /// Blobs that no file has.
    package let blobs: StoredAmount
    /// When the first of them expired or lost its last file; nil when there is none.
    package let oldest: Timestamp?
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
        var hash = SHA256()
        var oldest: Timestamp?
        func amount(_ sql: String, _ time: Timestamp) throws -> StoredAmount {
            var (count, bytes) = (0, 0)
            try connection.rows(sql, [time]) { row in
                var row = row
                var name: String = row.next()
                bytes += row.next()
                let since: Timestamp = row.next()
                count += 1
                oldest = min(oldest ?? since, since)
                name.append("\n")
                name.withUTF8 { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
                return true
            }
            return StoredAmount(count: count, bytes: bytes)
        }
        let files = try amount(SQL.expired, moment)
        let blobs = try amount(SQL.unreferenced, scope.unreferencedBefore)
        let digest = hash.finalize().map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        return CollectionPlan(
            id: CollectionPlan.ID(moment: moment, grace: grace, digest: digest),
            files: files,
            blobs: blobs,
            oldest: oldest
        )
    }
}

private enum SQL {
    static let expired = """
        SELECT id, size, expires_at FROM attachments
        WHERE message_id IS NULL AND expires_at <= ? ORDER BY expires_at, id
        """
    static let unreferenced = """
        SELECT blobs.key, blobs.size, since FROM unreferenced_blobs CROSS JOIN blobs USING (sha256)
        WHERE +since < ? ORDER BY sha256
        """
}
