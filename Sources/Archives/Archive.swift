/// An archive of which the entries are listed, or one is unpacked, without the rest. What it holds of it at a time is
/// some 200 KiB, whatever its size.
///
/// For one task. What reading throws is passed on.
package final class Archive {
    /// Fills a buffer with the bytes from an offset on, which are there.
    package typealias Read = (_ offset: Int64, _ buffer: UnsafeMutableRawBufferPointer) throws -> Void

    package enum Format: String, Sendable {
        case zip, tar
        case tarGzip = "tar.gz"
    }

    /// Of an archive with more entries these are known.
    package static let mostEntries = 100_000
    /// How many bytes are unpacked to find entries.
    package static let mostUnpacked = 4 << 30

    package let format: Format
    private let size: Int64
    private let read: Read
    private let budget: Budget
    /// In a tar archive, the bytes of the entry that was found last.
    private var found: (any ByteSource)?

    /// Nil when the bytes are no archive of these formats.
    ///
    /// - Parameters:
    ///   - unpacked: how many bytes may be unpacked to find entries.
    ///   - isOver: whether the time is over; asked every 64 KiB and for each entry.
    package init?(
        size: Int64,
        unpacking unpacked: Int = mostUnpacked,
        read: @escaping Read,
        until isOver: @escaping () -> Bool
    ) throws {
        (self.size, self.read) = (size, read)
        let budget = Budget(bytes: unpacked, until: isOver)
        self.budget = budget
        let head = try FilePart(0..<size, of: read).next(TarHeader.size)
        guard let format = try Self.format(of: head, size: size, read, budget) else { return nil }
        self.format = format
    }

    private static func format(of head: [UInt8], size: Int64, _ read: @escaping Read, _ budget: Budget) throws
        -> Format?
    {
        if ["PK\u{3}\u{4}", "PK\u{5}\u{6}"].contains(where: { head.starts(with: $0.utf8) }) { return .zip }
        if TarHeader(head) != nil { return .tar }
        guard head.starts(with: [0x1F, 0x8B]) else { return nil }
        do {
            let unpacked = try Inflation(FilePart(0..<size, of: read), .gzip, budget: budget).next(TarHeader.size)
            return TarHeader(unpacked) == nil ? nil : .tarGzip
        } catch is ArchiveError {
            return nil
        }
    }

    private func walk() throws -> any EntryWalk {
        let part = FilePart(0..<size, of: read)
        switch format {
        case .zip: return try ZipDirectory(of: read, size: size, budget: budget)
        case .tar: return TarWalk(part, budget: budget)
        case .tarGzip: return TarWalk(Inflation(part, .gzip, budget: budget), budget: budget)
        }
    }

    /// Some of the entries. All are looked at, so that their number is known.
    ///
    /// - Parameter first: from 1 on.
    package func list(from first: Int, count: Int) throws -> ArchiveList {
        var (list, seen) = (ArchiveList(), 0)
        do {
            let walk = try walk()
            while let entry = try walk.next() {
                guard seen < Self.mostEntries else { throw ArchiveList.Stop.entries }
                seen += 1
                if entry.number >= first, list.entries.count < count { list.entries.append(entry) }
            }
            list.total = seen
        } catch let stop as ArchiveList.Stop {
            list.stopped = stop
        } catch let error as ArchiveError {
            list.stop(error)
        }
        if let last = list.entries.last?.number, last < seen { list.next = last + 1 }
        return list
    }

    /// The entry with a number; nil when there is none.
    ///
    /// - Throws: ``ArchiveError``.
    package func entry(_ number: Int) throws -> ArchiveEntry? {
        guard number <= Self.mostEntries else { return nil }
        let walk = try walk()
        while let entry = try walk.next() {
            guard entry.number == number else { continue }
            found = (walk as? TarWalk)?.source
            return entry
        }
        return nil
    }

    /// The bytes of the entry that was found last, which must be one that opens.
    ///
    /// - Throws: ``ArchiveError/damaged(_:)`` when it is not where the archive says.
    package func bytes(of entry: ArchiveEntry) throws -> EntryBytes {
        precondition(entry.opens)
        if let found {
            (found as? Inflation)?.budget = nil
            return EntryBytes(found, of: entry)
        }
        let part = try packedBytes(of: entry)
        return EntryBytes(entry.packing == .deflated ? Inflation(part, .none) : part, of: entry)
    }

    /// Where the bytes of an entry are in a zip archive: behind a header of their own (APPNOTE section 4.3.7).
    private func packedBytes(of entry: ArchiveEntry) throws -> FilePart {
        guard entry.offset <= size - 30 else { throw ArchiveError.damaged("The entry is not where the archive says") }
        let header = try FilePart(entry.offset..<size, of: read).exactly(30)
        let start = entry.offset + 30 + header.number(2, at: 26) + header.number(2, at: 28)
        let length = entry.compressedSize ?? 0
        guard header.number(4, at: 0) == 0x0403_4b50, start <= size, length <= size - start else {
            throw ArchiveError.damaged("The entry is not where the archive says")
        }
        return FilePart(start..<start + length, of: read)
    }
}

/// Entries one after another.
protocol EntryWalk: AnyObject {
    /// - Throws: ``ArchiveError``; what reading throws.
    func next() throws -> ArchiveEntry?
}

/// Some entries of an archive.
package struct ArchiveList: Sendable {
    /// Why not all entries are known.
    package enum Stop: String, Error, Sendable {
        case entries, bytes, time, damaged
    }

    package internal(set) var entries: [ArchiveEntry] = []
    /// The number of the first entry that follows; nil when none is known.
    package internal(set) var next: Int?
    /// How many there are; nil when not all are known.
    package internal(set) var total: Int?
    package internal(set) var stopped: Stop?
    /// How the archive is damaged, in a sentence.
    package internal(set) var problem: String?

    fileprivate mutating func stop(_ error: ArchiveError) {
        switch error {
        case .damaged(let problem): (stopped, self.problem) = (.damaged, problem)
        case .tooManyBytes: stopped = .bytes
        case .outOfTime: stopped = .time
        }
    }
}
