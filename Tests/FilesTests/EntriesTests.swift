import App
import Foundation
import HTTP
import HTTPTypes
import Index
import JSON
import TestSupport
import Testing

@Suite("Entries of archives")
struct EntriesTests {
    private struct Entries: Decodable, Equatable {
        struct Entry: Decodable, Equatable {
            let number: Int
            let name: String
            let kind: String
            let size: Int
            let compressedSize: Int?
            let modifiedAt: String?
            let encrypted: Bool
            let opens: Bool
        }

        let format: String
        let entries: [Entry]
        let next: Int?
        let stopped: String?
        let problem: String?
        let total: Int?
    }

    @Test("The entries of an archive are listed and sent one by one, for agents and users alike")
    func story() async throws {
        try await withServer { server in
            let (person, owner) = try await server.pair()
            let id = try #require(try await owner.store(sample("archive.zip"), "logs.zip")["id"]?.text)
            let first = try await owner.send(.get, "/api/v1/files/\(id)/entries?count=1")
            let list: Entries = try first.decoded()
            let expected = Entries.Entry(
                number: 1,
                name: "a.txt",
                kind: "file",
                size: 54,
                compressedSize: 11,
                modifiedAt: "2024-01-02T03:04:06.000Z",
                encrypted: false,
                opens: true
            )
            #expect(list.entries == [expected] && list.format == "zip")
            #expect((list.next, list.total, list.stopped, list.problem) == (2, 2, nil, nil))
            #expect(try await person.send(.get, "files/\(id)/entries?count=1").decoded(as: Entries.self) == list)
            let entry = try await owner.send(.get, "/api/v1/files/\(id)/entries/1")
            #expect(entry.status == 200 && entry.text.utf8.count == 54)
            #expect(try await person.send(.get, "files/\(id)/entries/1").text == entry.text)
        }
    }

    @Test("An entry has the headers of a download, by what its bytes are, and 304 for who has it")
    func headers() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let id = try #require(try await owner.store(Self.zip("../x/page.txt", "<!DOCTYPE html><p>"))["id"]?.text)
            let page = try await owner.send(.get, "/api/v1/files/\(id)/entries/1")
            #expect(page.headers[.contentType]?.hasPrefix("text/html") == true)
            #expect(page.headers[.contentDisposition] == "attachment; filename=\"page.txt\"; filename*=UTF-8''page.txt")
            #expect(page.headers[.contentSecurityPolicy]?.hasSuffix("sandbox") == true)
            #expect(page.headers[.xContentTypeOptions] == "nosniff" && page.headers[.contentLength] == "18")
            let shown = try await owner.send(.get, "/api/v1/files/\(id)/entries/1?disposition=inline")
            #expect(shown.headers[.contentDisposition]?.hasPrefix("inline") == true)
            #expect(shown.headers[.contentSecurityPolicy]?.hasPrefix("default-src 'none'") == true)
            let tag = try #require(page.headers[.eTag])
            #expect(tag.hasPrefix("\"sha256-") && tag.hasSuffix("-1\""))
            let again = try await owner.send(.get, "/api/v1/files/\(id)/entries/1", [.ifNoneMatch: tag])
            #expect(again.status == 304 && again.text.isEmpty && again.headers[.eTag] == tag)
            #expect(try await owner.send(.get, "/api/v1/files/\(id)/entries/1", [.ifMatch: "\"x\""]).status == 412)
            let head = try await owner.send(.head, "/api/v1/files/\(id)/entries/1")
            #expect(head.status == 200 && head.text.isEmpty)
        }
    }

    @Test("A long entry is sent in pieces, and breaks off before its end when it is damaged")
    func long() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let text = String(repeating: "a line of a log\n", count: 60_000)
            let good = try #require(try await owner.store(Self.zip("a.log", text))["id"]?.text)
            #expect(try await owner.send(.get, "/api/v1/files/\(good)/entries/1").text == text)
            let bad = try #require(try await owner.store(Self.zip("a.log", text, crc: 1))["id"]?.text)
            await #expect(throws: (any Error).self) { try await owner.send(.get, "/api/v1/files/\(bad)/entries/1") }
        }
    }

    @Test("What cannot be opened is refused with a reason, and never 500")
    func refusals() async throws {
        try await withServer { server in
            let (person, owner) = try await server.pair()
            let text = try await owner.storedID("no archive")
            func id(_ bytes: [UInt8]) async throws -> String { try #require(try await owner.store(bytes)["id"]?.text) }
            let zip = try await id(Self.zip("a", "a"))
            let expected = [
                ("\(text)/entries", 415), ("\(text)/entries/1", 415), ("\(zip)/entries?from=0", 400),
                ("\(zip)/entries?count=0", 400), ("\(zip)/entries/2", 404), ("\(zip)/entries/0", 404),
                ("\(zip)/entries/x", 404), ("\(zip)/entries/99999999999999999999", 404),
                ("\(zip)/entries/1?disposition=x", 400),
                ("\(try await id(Self.zip("a/", "")))/entries/1", 404),
                ("\(try await id(Self.zip("a", "a", flags: 1)))/entries/1", 415),
                ("\(try await id(Self.zip("a", "a", method: 12)))/entries/1", 415),
                ("\(try await id(Self.zip("a", "a", size: 1 << 30 + 1)))/entries/1", 422),
                ("\(try await id(Self.zip("a", "a", crc: 1)))/entries/1", 422),
                ("\(try await id(Self.zip("a", "a", size: 2)))/entries/1", 422),
            ]
            for (path, status) in expected {
                let answer = try await owner.send(.get, "/api/v1/files/\(path)")
                #expect(answer.status == status, "\(path): \(answer.text)")
                #expect(try await person.send(.get, "files/\(path)").status == status)
            }
            let cut = try await id(Array(Self.zip("a", "a").dropLast(5)))
            let list: Entries = try await owner.send(.get, "/api/v1/files/\(cut)/entries").decoded()
            #expect(list.entries.isEmpty && list.stopped == "damaged" && list.problem != nil && list.total == nil)
            #expect(try await owner.send(.get, "/api/v1/files/\(cut)/entries/1").status == 422)
        }
    }

    @Test("Who looked is in the audit log, and a HEAD is no look")
    func audited() async throws {
        try await withServer { server in
            let (person, owner) = try await server.pair()
            let id = try #require(try await owner.store(sample("notes.tar.gz"), "notes.tar.gz")["id"]?.text)
            _ = try await owner.send(.get, "/api/v1/files/\(id)/entries")
            for (method, count) in [(HTTPRequest.Method.head, 1), (.get, 2)] {
                _ = try await person.send(method, "files/\(id)/entries/1")
                try await server.assembly.auditQueue.store(in: server.assembly.index)
                let openings = try await person.send(.get, "files/\(id)/openings").json["data"]?.elements
                #expect(openings?.count == count)
            }
        }
    }

    /// A zip archive with one stored entry, and what it says of it, true or not.
    private static func zip(
        _ name: String,
        _ text: String,
        size: Int? = nil,
        crc: UInt32? = nil,
        flags: UInt16 = 0,
        method: UInt16 = 0
    ) -> [UInt8] {
        func bytes(_ number: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: number.littleEndian, Array.init) }
        let (name, content) = (Array(name.utf8), Array(text.utf8))
        let sum = ~content.reduce(~UInt32(0)) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { sum, _ in sum >> 1 ^ (sum & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
        let common = bytes(flags) + bytes(method) + bytes(UInt32(0)) + bytes(crc ?? sum)
        let sizes = bytes(UInt32(content.count)) + bytes(UInt32(size ?? content.count)) + bytes(UInt32(name.count))
        let local = bytes(UInt32(0x0403_4b50)) + bytes(UInt16(20)) + common + sizes + name + content
        let place = [UInt8](repeating: 0, count: 14)
        let entry = bytes(UInt32(0x0201_4b50)) + bytes(UInt32(20)) + common + sizes + place + name
        let end = bytes(UInt32(0x0605_4b50)) + bytes(UInt32(0)) + bytes(UInt32(1 << 16 | 1))
        return local + entry + end + bytes(UInt32(entry.count)) + bytes(UInt32(local.count)) + bytes(UInt16(0))
    }
}
