import Glibc

/// What the directory at the end of a zip archive lists (PKWARE's APPNOTE 6.3.10, to which the sections below refer).
/// It is read from front to back, 64 KiB at a time.
final class ZipDirectory: EntryWalk {
    private static let pieceBytes = 65_536

    private let part: FilePart
    private let budget: Budget
    /// How many entries the end record says there are; of a number over 65 535 some archives keep the low half.
    private let count: Int64
    private var left: Int64
    private var piece: ArraySlice<UInt8> = []
    private var number = 0

    /// - Throws: ``ArchiveError/damaged(_:)`` when there is no directory; what reading throws.
    init(of file: @escaping Archive.Read, size: Int64, budget: Budget) throws {
        let end = try ZipEnd(of: file, size: size)
        part = FilePart(end.directory, of: file)
        (count, left, self.budget) = (end.count, Int64(end.directory.count), budget)
    }

    func next() throws -> ArchiveEntry? {
        try budget.spend(0)
        guard left > 0 else {
            guard count == number || count == number & 0xFFFF else {
                throw ArchiveError.damaged("The directory has \(number) entries, and says that it has \(count)")
            }
            return nil
        }
        number += 1
        let head = try take(46)
        guard head.number(4, at: 0) == 0x0201_4b50 else {
            throw ArchiveError.damaged("The directory is damaged at entry \(number)")
        }
        let lengths = [28, 30, 32].map { Int(head.number(2, at: $0)) }
        let rest = try take(lengths[0] + lengths[1] + lengths[2])
        let name = rest.prefix(lengths[0])
        return entry(head, name, ZipExtra(rest.dropFirst(lengths[0]).prefix(lengths[1]), of: head))
    }

    /// Section 4.3.12.
    private func entry(
        _ head: ArraySlice<UInt8>,
        _ name: ArraySlice<UInt8>,
        _ extra: ZipExtra
    ) -> ArchiveEntry {
        let (flags, method) = (head.number(2, at: 8), head.number(2, at: 10))
        // The permissions of Unix are in the upper half of the attributes, if that is where the archive was made.
        let mode = head.number(1, at: 5) == 3 ? head.number(2, at: 40) & 0o170_000 : 0
        let kind: ArchiveEntry.Kind =
            switch mode {
            case 0o120_000: .link
            case 0o040_000: .directory
            case 0, 0o100_000: name.last == UInt8(ascii: "/") ? .directory : .file
            default: .other
            }
        return ArchiveEntry(
            number: number,
            rawName: RawName(name, isDOS: flags & 1 << 11 == 0),
            kind: kind,
            size: extra.size,
            compressedSize: extra.compressedSize,
            modified: extra.modified ?? Self.seconds(time: head.number(2, at: 12), date: head.number(2, at: 14)),
            isEncrypted: flags & 1 != 0,
            packing: method == 0 ? .stored : method == 8 ? .deflated : .unknown,
            crc32: UInt32(head.number(4, at: 16)),
            offset: extra.offset
        )
    }

    /// The next bytes of the directory.
    private func take(_ count: Int) throws -> ArraySlice<UInt8> {
        if piece.count < count { piece = ArraySlice(piece + (try part.next(max(Self.pieceBytes, count)))) }
        guard piece.count >= count else { throw ArchiveError.damaged("The directory ends within entry \(number)") }
        left -= Int64(count)
        defer { piece = piece.dropFirst(count) }
        return piece.prefix(count)
    }

    /// A time of MS-DOS (section 4.4.6) as if its zone were UTC; nil when it is none.
    private static func seconds(time: Int64, date: Int64) -> Int64? {
        var parts = tm()
        (parts.tm_year, parts.tm_mon, parts.tm_mday) = (
            Int32(date >> 9) + 80, Int32(date >> 5 & 15) - 1, Int32(date & 31)
        )
        (parts.tm_hour, parts.tm_min, parts.tm_sec) = (Int32(time >> 11), Int32(time >> 5 & 63), Int32(time & 31) * 2)
        guard (0..<12).contains(parts.tm_mon), parts.tm_mday > 0, parts.tm_hour < 24, parts.tm_min < 60 else {
            return nil
        }
        return Int64(timegm(&parts))
    }
}

/// Where the directory is, as the record at the end says (sections 4.3.14 to 4.3.16).
private struct ZipEnd {
    /// With the longest comment.
    private static let mostBytes: Int64 = 22 + 65_535

    let directory: Range<Int64>
    let count: Int64

    init(of file: @escaping Archive.Read, size: Int64) throws {
        let tail = try FilePart(max(0, size - Self.mostBytes)..<size, of: file).exactly(Int(min(size, Self.mostBytes)))
        // The last record whose comment is within the file.
        let place = (0...max(tail.count - 22, 0)).last { place in
            place + 22 <= tail.count && tail.number(4, at: place) == 0x0605_4b50
                && place + 22 + Int(tail.number(2, at: place + 20)) <= tail.count
        }
        guard let place else {
            throw ArchiveError.damaged("The archive has no directory at its end: it was cut, or is damaged")
        }
        var (count, length) = (tail.number(2, at: place + 10), tail.number(4, at: place + 12))
        var start = tail.number(4, at: place + 16)
        if place >= 20, tail.number(4, at: place - 20) == 0x0706_4b50 {
            let offset = tail.number(8, at: place - 12)
            guard offset <= size - 56 else { throw Self.wrong }
            let large = try FilePart(offset..<size, of: file).exactly(56)
            guard large.number(4, at: 0) == 0x0606_4b50 else { throw Self.wrong }
            (count, length, start) = (large.number(8, at: 32), large.number(8, at: 40), large.number(8, at: 48))
        }
        guard start <= size, length <= size - start else { throw Self.wrong }
        (directory, self.count) = (start..<start + length, count)
    }

    private static let wrong = ArchiveError.damaged("The end of the archive names a place that it does not have")
}

/// The numbers of a directory entry that may be in its extra fields (section 4.5).
private struct ZipExtra {
    var size: Int64
    var compressedSize: Int64
    var offset: Int64
    /// Info-ZIP's extended timestamp, in UTC.
    var modified: Int64?

    init(_ extra: ArraySlice<UInt8>, of head: ArraySlice<UInt8>) {
        (size, compressedSize) = (head.number(4, at: 24), head.number(4, at: 20))
        offset = head.number(4, at: 42)
        var rest = extra
        while rest.count >= 4 {
            let (tag, length) = (rest.number(2, at: 0), Int(rest.number(2, at: 2)))
            let field = rest.dropFirst(4).prefix(length)
            if tag == 1 { readLarge(field) }
            if tag == 0x5455, field.count >= 5, field.number(1, at: 0) & 1 == 1 {
                modified = Int64(Int32(truncatingIfNeeded: field.number(4, at: 1)))
            }
            rest = rest.dropFirst(4 + length)
        }
    }

    /// Zip64 has those of the three that do not fit in 32 bits, in this order (section 4.5.3).
    private mutating func readLarge(_ field: ArraySlice<UInt8>) {
        var rest = field
        for number in [\ZipExtra.size, \.compressedSize, \.offset] where self[keyPath: number] == UInt32.max {
            guard rest.count >= 8 else { return }
            self[keyPath: number] = rest.number(8, at: 0)
            rest = rest.dropFirst(8)
        }
    }
}
