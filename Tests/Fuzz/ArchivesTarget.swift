import Archives

//     byte 0     kind of check (lowest bit: whether tar headers get right checksums)
//     the rest   the bytes of an archive
func fuzzArchives(_ bytes: [UInt8]) throws {
    var input = Input(bytes)
    let mendsHeaders = input.byte() & 1 == 1
    let content = mendsHeaders ? withChecksums(Array(input.rest)) : Array(input.rest)
    let whole = try Opened(content)
    guard let list = try whole.list(from: 1, count: 50) else { return }
    try checkList(list)
    for entry in list.entries.prefix(5) {
        // A page from anywhere has the same entries.
        let page = try Opened(content).list(from: entry.number, count: 1)
        try hold(page?.entries.first?.givenName == entry.givenName && page?.total == list.total)
        try checkBytes(of: entry, in: content)
    }
}

private func checkList(_ list: ArchiveList) throws {
    try hold(list.entries.map(\.number) == Array(1..<(list.entries.count + 1)))
    try hold((list.total == nil) == (list.stopped != nil) && (list.stopped == .damaged) == (list.problem != nil))
    for entry in list.entries {
        try hold(entry.size >= 0 && entry.compressedSize ?? 0 >= 0, entry)
        try hold(entry.name.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }, entry.name)
        try hold(entry.name.utf8.count <= 8000, entry.name.utf8.count)
    }
}

/// An entry has the bytes that its archive says, or is told to be damaged.
private func checkBytes(of listed: ArchiveEntry, in content: [UInt8]) throws {
    let opened = try Opened(content)
    guard let archive = opened.archive, let entry = try archive.entry(listed.number) else {
        throw Broken(description: "Entry \(listed.number) is listed, and not there")
    }
    try hold(entry.givenName == listed.givenName && entry.size == listed.size && entry.opens == listed.opens)
    guard entry.opens, entry.size <= 1 << 20 else { return }
    var (total, piece) = (Int64(0), [UInt8](repeating: 0, count: 5000))
    do {
        let bytes = try archive.bytes(of: entry)
        while case let count = try piece.withUnsafeMutableBytes({ try bytes.read(into: $0) }), count > 0 {
            total += Int64(count)
        }
        try hold(total == entry.size, "\(total) of \(entry.size)")
    } catch is ArchiveError {
        try hold(total <= entry.size)
    }
}

/// An archive of which every read is watched.
private final class Opened {
    private(set) var archive: Archive?
    private var steps = 0

    init(_ content: [UInt8]) throws {
        do {
            archive = try Archive(size: Int64(content.count), unpacking: 1 << 20) { offset, buffer in
                try hold(offset >= 0 && Int(offset) + buffer.count <= content.count, offset)
                buffer.copyBytes(from: content[Int(offset)..<(Int(offset) + buffer.count)])
            } until: { [weak self] in
                self.map { $0.steps += 1 }
                return self.map { $0.steps > 20_000 } ?? false
            }
        } catch is ArchiveError {}
    }

    func list(from first: Int, count: Int) throws -> ArchiveList? {
        guard let list = try archive?.list(from: first, count: count) else { return nil }
        // An archive of so few bytes has no more entries than blocks, and unpacks to no more than it may.
        try hold(list.stopped != .time && steps <= 20_000, steps)
        return list
    }
}

/// Every block that may be a header gets the checksum that belongs to it.
private func withChecksums(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for start in stride(from: 0, to: bytes.count - 511, by: 512) where bytes[start] != 0 {
        bytes.replaceSubrange(start + 148..<start + 156, with: Array("        ".utf8))
        let sum = bytes[start..<start + 512].reduce(0) { $0 + Int($1) }
        let digits = String(sum, radix: 8)
        let field = String(repeating: "0", count: 6 - digits.count) + digits + "\0 "
        bytes.replaceSubrange(start + 148..<start + 156, with: Array(field.utf8))
    }
    return bytes
}
