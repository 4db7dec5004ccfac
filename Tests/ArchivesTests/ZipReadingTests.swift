import Testing

@testable import Archives

@Suite("Zip archives that are read")
struct ZipReadingTests {
    private static let damage = ArchiveError.damaged

    @Test("Entries are listed in pages with names, sizes, times and kinds, and opened one by one")
    func story() throws {
        var (link, stored) = (Zipped("src/link", "a.txt"), Zipped("b.txt", ""))
        link.attributes = 0o120_777 << 16
        (stored.packed, stored.size, stored.crc, stored.method) = (Array("plain".utf8), 5, crc(Array("plain".utf8)), 0)
        stored.extra = bytes(0x5455, 2) + bytes(5, 2) + [1] + bytes(1_700_000_000, 4)
        let long = String(repeating: "0123456789", count: 30_000)
        let file = zip([Zipped("src/", ""), Zipped("src/a.txt", long), link, stored], comment: "PK\u{5}\u{6}")
        let archive = try #require(try open(file))
        let all = try archive.list(from: 1, count: 10)
        #expect(archive.format == .zip && all.total == 4 && all.next == nil && all.stopped == nil)
        #expect(all.entries.map(\.name) == ["src/", "src/a.txt", "src/link", "b.txt"])
        #expect(all.entries.map(\.kind) == [.directory, .file, .link, .file])
        #expect(all.entries.map(\.opens) == [false, true, false, true])
        #expect(all.entries[1].size == 300_000 && all.entries[1].compressedSize.map { $0 < 3000 } == true)
        #expect(all.entries.map(\.modified) == [1_774_483_200, 1_774_483_200, 1_774_483_200, 1_700_000_000])
        let page = try archive.list(from: 2, count: 2)
        #expect(page.entries.map(\.number) == [2, 3] && page.next == 4 && page.total == 4)
        #expect(try archive.list(from: 5, count: 2).entries.isEmpty)
        #expect(try content(2, of: file) == long && content(4, of: file) == "plain")
        #expect(try archive.entry(5) == nil && archive.entry(0) == nil)
    }

    @Test("Names are shown and never obeyed: paths, controls, other directions, no UTF-8, and very long ones")
    func names() throws {
        var entries = [
            "../../etc/passwd", "a\u{1B}[31m\n", "photo_\u{202E}gnp.exe", String(repeating: "é", count: 5000),
        ]
        .map { Zipped($0, "") }
        entries.append(Zipped("", ""))
        entries[4].name = [0x81, 0x41]
        let list = try #require(try open(zip(entries))).list(from: 1, count: 10)
        let long = String(repeating: "é", count: 1000) + "…"
        let shown = ["../../etc/passwd", #"a\u001b[31m\u000a"#, #"photo_\u202egnp.exe"#, long, "üA"]
        #expect(list.entries.map(\.name) == shown)
    }

    @Test("Compressed bytes that unpack to nothing are not read for long")
    func idle() throws {
        var empty = Zipped("empty", "hello")
        // Empty blocks that are stored (RFC 1951 section 3.2.4), and then the content.
        empty.packed = (0..<300_000).flatMap { _ in [0, 0, 0, 0xFF, 0xFF] as [UInt8] } + empty.packed
        #expect(throws: Self.damage("The compressed bytes unpack to nothing")) { try content(1, of: zip([empty])) }
        let none = gzipped([])
        #expect(try open((0..<60_000).flatMap { _ in none } + gzipped(tar(tarred("a", "b")))) == nil)
    }

    @Test("An entry that lies about its size, its checksum or its place does not arrive whole")
    func lies() throws {
        var short = Zipped("short", "hello")
        short.size = 4
        #expect(throws: Self.damage("The entry has more bytes than the archive says")) {
            try content(
                1,
                of: zip(
                    [short].map {
                        var one = $0; one.crc = crc(Array("hell".utf8)); return one
                    }
                )
            )
        }
        var long = Zipped("long", "hello")
        long.size = 6
        #expect(throws: Self.damage("The entry has fewer bytes than the archive says")) {
            try content(1, of: zip([long]))
        }
        var wrong = Zipped("wrong", "hello")
        wrong.crc = 1
        #expect(throws: Self.damage("The entry does not have its checksum")) { try content(1, of: zip([wrong])) }
        var broken = Zipped("broken", "hello")
        broken.packed[0] = 0xFF
        #expect(throws: Self.damage("The compressed bytes are damaged")) { try content(1, of: zip([broken])) }
        for offset in [7, 0xFFFF_FFF0] {
            var elsewhere = Zipped("elsewhere", "hello")
            elsewhere.offset = offset
            #expect(throws: Self.damage("The entry is not where the archive says")) {
                try content(2, of: zip([Zipped("a", "a"), elsewhere]))
            }
        }
    }

    @Test("Entries may overlap: each is unpacked by itself")
    func overlap() throws {
        var again = Zipped("again", "hello")
        again.offset = 0
        let file = zip([Zipped("once", "hello"), again])
        #expect(try content(1, of: file) == "hello" && content(2, of: file) == "hello")
    }

    @Test("Encrypted entries, and those packed in other ways or too large, are listed and do not open")
    func closed() throws {
        var entries = (0..<3).map { Zipped("\($0)", "x") }
        (entries[0].flags, entries[1].method, entries[2].size) = (1, 12, ArchiveEntry.mostBytes + 1)
        let list = try #require(try open(zip(entries))).list(from: 1, count: 10)
        #expect(list.entries.map(\.opens) == [false, false, false])
        #expect(list.entries.map(\.isEncrypted) == [true, false, false])
        #expect(list.entries.map(\.isKnownPacking) == [true, false, true])
    }

    @Test("Sizes of Zip64 are read, however large they say they are")
    func large() throws {
        var entry = Zipped("large", "x")
        entry.size = 0xFFFF_FFFF
        entry.extra = bytes(1, 2) + bytes(8, 2) + bytes(1 << 40, 8)
        let list = try #require(try open(zip([entry]))).list(from: 1, count: 1)
        #expect(list.entries.map(\.size) == [1 << 40] && list.entries.map(\.opens) == [false])
        entry.extra = bytes(1, 2) + bytes(8, 2) + [UInt8](repeating: 0xFF, count: 8)
        #expect(try #require(try open(zip([entry]))).list(from: 1, count: 1).entries.map(\.size) == [.max])
    }

    @Test("A directory that is cut, miscounted or missing: what is there is listed, and what is wrong is said")
    func damaged() throws {
        let file = zip([Zipped("a", "a"), Zipped("b", "b")])
        var list = try #require(try open(Array(file.dropLast(10)))).list(from: 1, count: 9)
        #expect(list.stopped == .damaged && list.total == nil && list.problem?.contains("no directory") == true)
        list = try #require(try open(zip([Zipped("a", "a")], count: 7))).list(from: 1, count: 9)
        #expect(list.entries.count == 1 && list.stopped == .damaged)
        #expect(list.problem == "The directory has 1 entries, and says that it has 7")
        // The second entry of the directory loses its mark.
        var second = file
        let marks = second.indices.filter { second[$0...].starts(with: bytes(0x0201_4b50, 4)) }
        second[marks[1]] = 0
        list = try #require(try open(second)).list(from: 1, count: 9)
        #expect(list.entries.map(\.name) == ["a"] && list.problem == "The directory is damaged at entry 2")
        // Whatever is cut from the end, and whatever byte is wrong, something is answered.
        for cut in 1..<file.count { _ = try open(Array(file.dropLast(cut)))?.list(from: 1, count: 9) }
        for place in file.indices {
            var other = file
            other[place] ^= 0xFF
            _ = try open(other)?.list(from: 1, count: 9)
        }
    }

    @Test("An archive with very many entries is listed up to a limit, and the time is looked at")
    func many() throws {
        let few = zip([Zipped("a", "a"), Zipped("b", "b")])
        var asked = 0
        let archive = try open(few) {
            asked += 1; return asked > 2
        }
        let list = try #require(archive).list(from: 1, count: 9)
        #expect(list.entries.count == 2 && list.stopped == .time && list.total == nil)
        let count = Archive.mostEntries + 1
        let entry = zip([Zipped("a", "")])
        let record = Array(entry[32 + 1..<entry.count - 22])
        let directory = Array(repeating: record, count: count).flatMap(\.self)
        let end = bytes(0x0605_4b50, 4) + bytes(0, 4) + bytes(count & 0xFFFF, 2) + bytes(count & 0xFFFF, 2)
        let file = Array(entry[..<33]) + directory + end + bytes(directory.count, 4) + bytes(33, 4) + bytes(0, 2)
        let page = try #require(try open(file)).list(from: 99_999, count: 9)
        #expect(page.entries.map(\.number) == [99_999, 100_000])
        #expect(page.stopped == .entries && page.total == nil && page.next == nil)
        #expect(try #require(try open(file)).entry(count) == nil)
    }
}
