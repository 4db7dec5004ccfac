import FoundationEssentials
import Index
import Synchronization

/// A time zone, as the system's database describes it (RFC 8536). Foundation would bring all of ICU for that.
struct Zone: Sendable {
    private static let folder = "/usr/share/zoneinfo/"

    /// From when on which offset goes, in seconds since 1970 and seconds east of UTC. Sorted.
    private let changes: [(at: Int64, offset: Int64)]
    private let first: Int64
    /// What goes after the last change.
    private let rule: ZoneRule?

    /// - Parameter name: such as `Europe/Berlin`.
    init?(named name: String) {
        guard name.wholeMatch(of: /[A-Za-z0-9_+-]+(\/[A-Za-z0-9_+-]+)*/) != nil,
            let bytes = FileManager.default.contents(atPath: Self.folder + name)
        else { return nil }
        self.init(Array(bytes))
    }

    /// Reads the part of a file that has 64 bits, which stands behind the one of 32.
    init?(_ bytes: [UInt8]) {
        var reader = Reader(bytes)
        guard let short = reader.header(), short.version >= 2 else { return nil }
        reader.skip(short.size(bytesOfTime: 4))
        guard let header = reader.header(), let times = reader.integers(header.times, bytes: 8),
            let types = reader.integers(header.times, bytes: 1)
        else { return nil }
        var offsets: [Int64] = []
        for _ in 0..<header.types {
            guard let offset = reader.integers(1, bytes: 4) else { return nil }
            offsets += offset
            reader.skip(2)  // Whether it is summer, and what it is called.
        }
        guard !offsets.isEmpty, types.allSatisfy({ offsets.indices.contains(Int($0)) }) else { return nil }
        reader.skip(header.size(bytesOfTime: 8) - header.times * 9 - header.types * 6)
        changes = zip(times, types).map { ($0, offsets[Int($1)]) }
        first = offsets[0]
        rule = ZoneRule(reader.line())
    }

    /// Seconds east of UTC.
    func offset(at moment: Timestamp) -> Int64 {
        let seconds = moment.milliseconds / 1000
        if let last = changes.last, seconds < last.at {
            return changes.last { $0.at <= seconds }?.offset ?? first
        }
        return rule?.offset(at: seconds) ?? changes.last?.offset ?? first
    }
}

/// Reads numbers one after the other, the most significant byte first.
private struct Reader {
    struct Header {
        let version: Int64
        let counts: [Int]
        var times: Int { counts[3] }
        var types: Int { counts[4] }

        func size(bytesOfTime: Int) -> Int {
            // Marks of UTC and of standard time, leap seconds, times, types, names.
            counts[0] + counts[1] + counts[2] * (bytesOfTime + 4) + times * (bytesOfTime + 1) + types * 6 + counts[5]
        }
    }

    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func header() -> Header? {
        guard bytes.dropFirst(position).starts(with: Array("TZif".utf8)) else { return nil }
        position += 4
        guard let version = integers(1, bytes: 1)?.first else { return nil }
        skip(15)
        guard let counts = integers(6, bytes: 4), counts.allSatisfy({ (0...100_000).contains($0) }) else { return nil }
        // `2` and `3` are digits of ASCII.
        return Header(version: version - 0x30, counts: counts.map(Int.init))
    }

    mutating func integers(_ count: Int, bytes size: Int) -> [Int64]? {
        guard position + count * size <= bytes.count else { return nil }
        defer { position += count * size }
        return (0..<count).map { number in
            let start = position + number * size
            let raw = bytes[start..<start + size].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            return size == 1 ? Int64(raw) : Int64(bitPattern: raw << (64 - 8 * size)) >> (64 - 8 * size)
        }
    }

    mutating func skip(_ count: Int) { position += count }

    /// What stands between two line feeds.
    func line() -> String {
        String(decoding: bytes.dropFirst(position + 1).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }
}

/// The zones that were asked for, read once. There are some hundred.
final class Zones: Sendable {
    private let known = Mutex<[String: Zone]>([:])

    subscript(name: String) -> Zone? {
        if let zone = known.withLock({ $0[name] }) { return zone }
        let zone = Zone(named: name)
        if let zone { known.withLock { $0[name] = zone } }
        return zone
    }
}
