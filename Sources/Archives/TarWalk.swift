/// The entries of a tar archive, from front to back (POSIX.1 pax, "pax Interchange Format" and "ustar", and what GNU
/// tar adds). After ``next()`` the source is where the bytes of the entry begin.
final class TarWalk: EntryWalk {
    /// What says more of an entry than fits in its header, in bytes.
    private static let mostExtraBytes = 1 << 20

    let source: any ByteSource
    private let budget: Budget
    /// What of the last entry is still to be passed over.
    private var left: Int64 = 0
    private var number = 0

    init(_ source: any ByteSource, budget: Budget) {
        (self.source, self.budget) = (source, budget)
    }

    func next() throws -> ArchiveEntry? {
        try source.skip(left)
        var extra = TarExtra()
        while true {
            try budget.spend(0)
            let block = try source.next(TarHeader.size)
            // The end is a block of zeros. Some archives have none.
            if block.allSatisfy({ $0 == 0 }) { return nil }
            guard block.count == TarHeader.size else { throw ArchiveError.cut }
            guard let header = TarHeader(block) else {
                throw ArchiveError.damaged("Entry \(number + 1) has no header of a tar archive")
            }
            switch header.type {
            case "x": extra.readRecords(try content(header))
            case "L": extra.name = Array(try content(header).prefix { $0 != 0 })
            case "g", "K": try source.skip(header.padded(header.bytes))
            default:
                if header.type == "S" { try passMap(header) }
                return entry(header, extra)
            }
        }
    }

    private func content(_ header: TarHeader) throws -> [UInt8] {
        guard header.bytes <= Self.mostExtraBytes else {
            throw ArchiveError.damaged("Entry \(number + 1) has a name of \(header.bytes) bytes")
        }
        let bytes = try source.exactly(Int(header.bytes))
        try source.skip(header.padded(header.bytes) - header.bytes)
        return bytes
    }

    /// Passes over what an old GNU header says further about the holes of a file.
    private func passMap(_ header: TarHeader) throws {
        var goesOn = header.hasMoreHoles
        while goesOn {
            try budget.spend(0)
            goesOn = try source.exactly(TarHeader.size)[504] != 0
        }
    }

    private func entry(_ header: TarHeader, _ extra: TarExtra) -> ArchiveEntry {
        number += 1
        let bytes = header.hasBytes ? extra.size ?? header.bytes : 0
        left = header.padded(bytes)
        let name = extra.name ?? header.name
        let kind: ArchiveEntry.Kind =
            switch header.type {
            case _ where extra.hasHoles: .other
            case "\0" where name.last == UInt8(ascii: "/"), "5": .directory
            case "0", "\0", "7": .file
            case "1", "2": .link
            default: .other
            }
        return ArchiveEntry(
            number: number,
            rawName: RawName(name, isDOS: false),
            kind: kind,
            size: bytes,
            modified: extra.modified ?? header.modified
        )
    }
}

/// A block that begins an entry.
struct TarHeader {
    static let size = 512

    let type: Unicode.Scalar
    let name: [UInt8]
    /// How many bytes follow, without those that fill the last block.
    let bytes: Int64
    let modified: Int64?
    let hasMoreHoles: Bool

    /// Nil when the bytes are no header.
    init?(_ block: [UInt8]) {
        guard block.count == Self.size, Self.number(block[148..<156]) == Self.checksum(block),
            let bytes = Self.number(block[124..<136]), bytes >= 0, bytes < Int64.max / 2
        else { return nil }
        self.bytes = bytes
        type = Unicode.Scalar(block[156])
        modified = Self.number(block[136..<148])
        hasMoreHoles = block[482] != 0
        let (prefix, name) = (block[345..<500].prefix { $0 != 0 }, block[..<100].prefix { $0 != 0 })
        // GNU's own format has other things in the place of the prefix.
        let isPOSIX = block[257..<263].elementsEqual("ustar\0".utf8)
        self.name = Array(isPOSIX && !prefix.isEmpty ? prefix + [UInt8(ascii: "/")] + name : name)
    }

    /// Of links, directories and devices none follow, whatever the header says.
    var hasBytes: Bool { !("1"..."6").contains(type) }

    func padded(_ count: Int64) -> Int64 { (count + 511) & ~511 }

    /// In octal digits, or, as GNU writes what needs more of them, in binary; nil when it is neither.
    private static func number(_ field: ArraySlice<UInt8>) -> Int64? {
        if field.first == 0x80 { return field.dropFirst(4).contains(where: { $0 != 0 }) ? binary(field) : 0 }
        let digits = field.drop { $0 == UInt8(ascii: " ") }.prefix { $0 != 0 && $0 != UInt8(ascii: " ") }
        return digits.isEmpty ? 0 : Int64(String(decoding: digits, as: UTF8.self), radix: 8)
    }

    private static func binary(_ field: ArraySlice<UInt8>) -> Int64? {
        let digits = field.dropFirst().drop { $0 == 0 }
        guard digits.count < 8 else { return nil }
        return digits.reduce(0) { $0 << 8 | Int64($1) }
    }

    private static func checksum(_ block: [UInt8]) -> Int64 {
        // Its own place counts as blanks.
        block.indices.reduce(0) { $0 + ((148..<156).contains($1) ? 32 : Int64(block[$1])) }
    }
}

/// What says more of the entry that follows.
private struct TarExtra {
    var name: [UInt8]?
    var size: Int64?
    var modified: Int64?
    var hasHoles = false

    /// Records of the form `length key=value` and a line end, the length being that of the record in decimal.
    mutating func readRecords(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while let blank = rest.firstIndex(of: UInt8(ascii: " ")),
            let length = Int(String(decoding: rest[..<blank], as: UTF8.self)), length <= rest.count,
            length > blank - rest.startIndex
        {
            let record = rest.prefix(length).dropFirst(blank - rest.startIndex + 1).dropLast()
            if let sign = record.firstIndex(of: UInt8(ascii: "=")) {
                read(String(decoding: record[..<sign], as: UTF8.self), record[(sign + 1)...])
            }
            rest = rest.dropFirst(length)
        }
    }

    private mutating func read(_ key: String, _ value: ArraySlice<UInt8>) {
        let text = String(decoding: value, as: UTF8.self)
        switch key {
        case "path": name = Array(value)
        case "size": size = Int64(text).flatMap { (0..<Int64.max / 2).contains($0) ? $0 : nil }
        case "mtime": modified = Double(text).flatMap { Int64(exactly: $0.rounded(.down)) }
        case _ where key.hasPrefix("GNU.sparse."): hasHoles = true
        default: break
        }
    }
}
