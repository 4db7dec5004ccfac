import Testing

@testable import Archives

@Suite("Tar archives that are read, in gzip or not")
struct TarReadingTests {
    private static let long = String(repeating: "deep/", count: 40) + "leaf.txt"

    /// A record of a pax header.
    private static func record(_ key: String, _ value: String) -> String {
        let rest = " \(key)=\(value)\n"
        var length = rest.utf8.count
        while "\(length)".utf8.count + rest.utf8.count != length { length += 1 }
        return "\(length)\(rest)"
    }

    @Test(
        "Entries are listed and opened, with the long names of pax and of GNU, packed or not",
        arguments: [false, true]
    )
    func story(isPacked: Bool) throws {
        let plain = tar(
            tarred("src/", "", type: "5"),
            tarred("a.txt", "hello"),
            tarred("x", Self.record("path", Self.long) + Self.record("mtime", "12.5"), type: "x"),
            tarred("cut", "pax"),
            tarred("././@LongLink", Self.long + "\0", type: "L"),
            tarred("cut", "gnu"),
            tarred("link", "", type: "2"),
            tarred("leaf", "prefix", prefix: "some/folder"),
            tarred("pipe", "", type: "6")
        )
        let file = isPacked ? gzipped(plain) : plain
        let archive = try #require(try open(file))
        let list = try archive.list(from: 1, count: 10)
        #expect(archive.format == (isPacked ? .tarGzip : .tar))
        let names = ["src/", "a.txt", Self.long, Self.long, "link", "some/folder/leaf", "pipe"]
        #expect(list.entries.map(\.name) == names && list.total == 7 && list.stopped == nil)
        #expect(list.entries.map(\.kind) == [.directory, .file, .file, .file, .link, .file, .other])
        #expect(list.entries.prefix(3).map(\.modified) == [1_000_000_000, 1_000_000_000, 12])
        #expect(try [2, 3, 4, 6].map { try content($0, of: file) } == ["hello", "pax", "gnu", "prefix"])
        #expect(try archive.list(from: 3, count: 1).next == 4)
    }

    @Test("Sizes may be binary, and in a pax header; a file with holes is listed and does not open")
    func sizes() throws {
        let binary: [UInt8] = [0x80] + Array(repeating: 0, count: 10) + [3]
        let file = tar(
            tarred("binary", "abc", size: binary),
            tarred("x", Self.record("size", "3"), type: "x"),
            tarred("pax", "def", size: Array(repeating: 48, count: 11)),
            tarred("x", Self.record("GNU.sparse.major", "1"), type: "x"),
            tarred("holes", "ghi"),
            tarred("last", "jkl")
        )
        let list = try #require(try open(file)).list(from: 1, count: 9)
        #expect(list.entries.map(\.size) == [3, 3, 3, 3] && list.entries.map(\.opens) == [true, true, false, true])
        #expect(try content(2, of: file) == "def" && content(4, of: file) == "jkl")
    }

    @Test("An archive that is cut or damaged is listed as far as it goes", arguments: [false, true])
    func damaged(isPacked: Bool) throws {
        let whole = tar(tarred("a", "hello"), tarred("b", String(repeating: "x", count: 2000)), tarred("c", "!"))
        func archive(_ bytes: [UInt8]) throws -> Archive {
            try #require(try open(isPacked ? gzipped(bytes) : bytes))
        }
        var list = try archive(Array(whole.prefix(1024 + 512 + 700))).list(from: 1, count: 9)
        #expect(list.entries.map(\.name) == ["a", "b"] && list.stopped == .damaged && list.total == nil)
        #expect(list.problem == "The archive ends too early: it was cut")
        var wrong = whole
        wrong[1024 + 3] ^= 1
        list = try archive(wrong).list(from: 1, count: 9)
        #expect(list.entries.map(\.name) == ["a"] && list.problem == "Entry 2 has no header of a tar archive")
        let liar = tar(tarred("a", "a", size: Array("77777777777".utf8)), tarred("b", "b"))
        #expect(try archive(liar).list(from: 1, count: 9).stopped == .damaged)
        let name = tar(tarred("a", "a"), tarred("L", "x", type: "L", size: Array("00077777777".utf8)))
        #expect(try archive(name).list(from: 1, count: 9).problem == "Entry 2 has a name of 16777215 bytes")
        for cut in stride(from: 1, to: whole.count, by: 41) {
            _ = try open(Array(whole.dropLast(cut)))?.list(from: 1, count: 9)
            _ = try open(Array(gzipped(whole).dropLast(cut)))?.list(from: 1, count: 9)
        }
    }

    @Test("A bomb is unpacked up to a limit of bytes and of time, and never for its list alone")
    func bomb() throws {
        let bomb = gzipped(tar(tarred("zeros", String(repeating: "\0", count: 3 << 20)), tarred("b", "b")))
        #expect(bomb.count < 10_000)
        let list = try #require(try open(bomb, unpacking: 1 << 20)).list(from: 1, count: 9)
        #expect(list.entries.map(\.name) == ["zeros"] && list.stopped == .bytes && list.total == nil)
        #expect(throws: ArchiveError.tooManyBytes) { try #require(try open(bomb, unpacking: 1 << 20)).entry(2) }
        var asked = 0
        let late = try #require(
            try open(bomb) {
                asked += 1; return asked > 9
            }
        ).list(from: 1, count: 9)
        #expect(late.stopped == .time)
        // What was found is read without a limit: its size is known.
        let archive = try #require(try open(bomb, unpacking: 1 << 20))
        let bytes = try archive.bytes(of: try #require(try archive.entry(1)))
        var (total, part) = (0, [UInt8](repeating: 1, count: 1 << 20))
        while case let count = try part.withUnsafeMutableBytes({ try bytes.read(into: $0) }), count > 0 {
            total += count
        }
        #expect(total == 3 << 20)
    }

    @Test("Members of gzip follow one another, empty ones too; other bytes are no archive")
    func members() throws {
        let file = tar(tarred("a", "hello"), tarred("b", "world"))
        let parts = gzipped(Array(file.prefix(600))) + gzipped([]) + gzipped([]) + gzipped(Array(file.dropFirst(600)))
        #expect(try content(2, of: parts + [0, 0, 0]) == "world")
        for other in [[], Array("text".utf8), gzipped(Array("a log".utf8)), [0x1F, 0x8B, 8], Array("PK".utf8)] {
            #expect(try open(other) == nil)
        }
    }
}
