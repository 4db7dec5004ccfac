import Archives
import Index

/// Entries of an archive (`Entries` in docs/api.md).
package struct EntriesJSON: Encodable, Sendable {
    struct Shown: Encodable, Sendable {
        let number: Int
        let name: String
        let kind: String
        let size: Int64
        @OrNull var compressedSize: Int64?
        @OrNull var modifiedAt: Timestamp?
        let encrypted: Bool
        let opens: Bool

        init(_ entry: ArchiveEntry) {
            number = entry.number
            name = entry.name
            kind = entry.kind.rawValue
            size = entry.size
            compressedSize = entry.compressedSize
            modifiedAt = entry.modified.map { Timestamp(milliseconds: 0) + .seconds($0) }
            encrypted = entry.isEncrypted
            opens = entry.opens
        }
    }

    let format: String
    let entries: [Shown]
    /// The `from` with which to go on.
    @OrNull package var next: Int?
    /// Why not all entries are known.
    @OrNull package var stopped: String?
    /// How the archive is damaged, in a sentence.
    @OrNull package var problem: String?
    @OrNull package var total: Int?

    package init(_ list: ArchiveList, of format: Archive.Format) {
        self.format = format.rawValue
        entries = list.entries.map { Shown($0) }
        next = list.next
        stopped = list.stopped?.rawValue
        problem = list.problem
        total = list.total
    }
}
