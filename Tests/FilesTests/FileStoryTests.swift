import App
import Crypto
import Foundation
import HTTP
import HTTPTypes
import Hummingbird
import Index
import JSON
import NIOCore
import TestSupport
import Testing

@Suite("Files, from upload to deletion")
struct FileStoryTests {
    private static let hello = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"

    // MARK: In

    @Test("an uploaded file is an Attachment with exactly the documented members, inside a new message of the agent")
    func upload() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let answer = try await owner.send(
                Form(
                    .channel(owner.channel),
                    .text("look at this"),
                    .file(Array("hello".utf8), "notes.md", type: "text/markdown")
                ),
                to: "upload"
            )
            #expect(answer.status == 201)
            let messageID = try #require(answer.json["messageId"]?.text)
            expect(
                answer.json,
                [
                    "messageId": .string(messageID), "channelId": .string(owner.channel),
                    "pluginType": .string("@uax/file"),
                    "filename": .string("notes.md"), "mimeType": .string("text/markdown"),
                    "declaredMimeType": .string("text/markdown"), "size": .integer(5), "sha256": .string(Self.hello),
                    "storageKey": .string("uploads/sha256/\(Self.hello)"), "pluginData": .null, "expiresAt": .null,
                ]
            )

            let stored = try await server.assembly.index.read { try $0.anyMessage(id: Message.ID(messageID)) }
            let message = try #require(stored?.message)
            #expect(message.channelID.rawValue == owner.channel)
            #expect(message.senderType == .agent)
            #expect(message.senderID == owner.channel)
            #expect(message.text == "look at this")
            // One transaction has one time.
            #expect(answer.json["createdAt"] == .string(message.createdAt.description))
            #expect(try await server.census() == Census(attachments: 1, messages: 1, blobs: 1, blobFiles: 1))
        }
    }

    @Test("a stored file belongs to no message and says when it will be collected")
    func store() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let file = try await owner.store(try sample("pixel.png"), "pixel.png")
            let size = try sample("pixel.png").count
            let digest = SHA256.hash(data: Data(try sample("pixel.png"))).map { String(format: "%02x", $0) }.joined()
            expect(
                file,
                [
                    "messageId": .null, "channelId": .string(owner.channel), "pluginType": .string("@uax/image"),
                    "filename": .string("pixel.png"), "mimeType": .string("image/png"), "declaredMimeType": .null,
                    "size": .integer(Int64(size)), "sha256": .string(digest),
                    "storageKey": .string("uploads/sha256/\(digest)"), "pluginData": .null,
                ]
            )
            let created = try #require(file["createdAt"]?.text.flatMap { Timestamp($0) })
            let expires = try #require(file["expiresAt"]?.text.flatMap { Timestamp($0) })
            #expect(expires == created + .seconds(7 * 24 * 60 * 60))
            #expect(try await server.census() == Census(attachments: 1, blobs: 1, blobFiles: 1))
        }
    }

    @Test("text is stored under its name and type; without a type it goes by its name, and is Markdown by default")
    func storeText() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let cases: [(String, String, declared: String?, type: String)] = [
                ("", "content.md", "text/markdown", "text/markdown"),
                (#","filename":"notes""#, "notes", "text/markdown", "text/markdown"),
                (#","filename":"run.log","mimeType":"text/plain""#, "run.log", "text/plain", "text/plain"),
                (#","filename":"../a/b.csv","mimeType":"text/csv""#, "b.csv", "text/csv", "text/csv"),
                (#","filename":"b.csv""#, "b.csv", nil, "text/csv"),
                (#","filename":"b.py""#, "b.py", nil, "text/x-python"),
                (#","filename":"build.log""#, "build.log", nil, "text/plain"),
                (#","filename":"x.diff""#, "x.diff", nil, "text/x-diff"),
                (#","filename":"photo_\u202egnp.txt""#, "photo_gnp.txt", nil, "text/plain"),
            ]
            for (members, filename, declared, type) in cases {
                let json = #"{"channelId":"\#(owner.channel)","content":"a,b\nc,d\né,😀\n"\#(members)}"#
                let answer = try await owner.send(json: json, to: "/api/v1/files/store-text")
                #expect(answer.status == 201)
                #expect(answer.json["filename"] == .string(filename))
                #expect(answer.json["declaredMimeType"] == declared.map { .string($0) } ?? .null)
                #expect(answer.json["mimeType"] == .string(type))
                #expect(answer.json["messageId"] == .null)
                let id = try #require(answer.json["id"]?.text)
                #expect(try await owner.download(id).text == "a,b\nc,d\né,😀\n")
            }
        }
    }

    @Test("the channel may come after the file, the part may have any name, and other fields are ignored")
    func forms() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let forms = [
                Form(.file([1, 2], "a"), .channel(owner.channel)),
                Form(.channel(owner.channel), .file([1, 2], "a", name: "attachment")),
                Form(
                    .field("other", [UInt8](repeating: 65, count: 65_536)),
                    .channel(owner.channel),
                    .file([1, 2], "a")
                ),
                Form(.channel(owner.channel), .channel("not this one"), .file([1, 2], "a")),
            ]
            for form in forms {
                let answer = try await owner.send(form)
                #expect(answer.status == 201, "\(answer.text)")
                #expect(answer.json["size"] == .integer(2))
            }
        }
    }

    @Test("a file input left empty is no file, not alone and not beside one")
    func emptyFileInputs() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let alone = try await owner.send(Form(.channel(owner.channel), .file([], "")))
            #expect(alone.status == 400 && alone.text.contains("is required"))
            let both = Form(
                .file([], "", name: "a"),
                .file([1], "b"),
                .file([], "", name: "c"),
                .channel(owner.channel)
            )
            let beside = try await owner.send(both)
            #expect(beside.status == 201 && beside.json["filename"] == .string("b"))
            let nameless = try await owner.send(Form(.channel(owner.channel), .file([1], "")))
            #expect(nameless.status == 201 && nameless.json["filename"] == .string("file"))
            #expect(try await server.census() == Census(attachments: 2, blobs: 1, blobFiles: 1))
        }
    }

    @Test("a coded part is stored decoded, its digest that of what was meant; a broken one leaves nothing")
    func transferEncodings() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let coded = [("base64", "aGVs\r\nbG8="), ("quoted-printable", "hel=6Co"), ("binary", "hello")]
            for (coding, data) in coded {
                let part = Form.Part.raw(
                    "name=file; filename=a\r\nContent-Transfer-Encoding: \(coding)",
                    Array(data.utf8)
                )
                let channel = Form.Part.raw(
                    "name=channelId\r\nContent-Transfer-Encoding: quoted-printable",
                    Array("=\r\n\(owner.channel)".utf8)
                )
                let answer = try await owner.send(Form(part, channel, .field("sha256", Array(Self.hello.utf8))))
                #expect(answer.status == 201 && answer.json["sha256"] == .string(Self.hello), "\(coding)")
            }
            for (coding, data) in [("base64", "a!"), ("quoted-printable", "=x"), ("x-gzip64", "a")] {
                let head = "name=file; filename=a\r\nContent-Transfer-Encoding: \(coding)"
                let answer = try await owner.send(Form(.channel(owner.channel), .raw(head, Array(data.utf8))))
                #expect(answer.status == 400 && answer.text.contains("Content-Transfer-Encoding"), "\(coding)")
            }
            #expect(try await server.census() == Census(attachments: 3, blobs: 1, blobFiles: 1))
        }
    }

    @Test("a caption that is no UTF-8 is refused unless its part says what it is; a name is read as Windows-1252")
    func latinForms() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let file = Form.Part.raw(Array("name=file; filename=\"".utf8) + [0xDC] + Array("ber.txt\"".utf8), [1])
            let refused = try await owner.send(
                Form(.channel(owner.channel), file, .field("text", [0x63, 0xE9])),
                to: "upload"
            )
            #expect(refused.status == 400 && refused.text.contains("UTF-8"))
            #expect(try await server.census() == Census())
            let text = Form.Part.raw("name=text\r\nContent-Type: text/plain; charset=ISO-8859-1", [0x63, 0xE9])
            let taken = try await owner.send(Form(.channel(owner.channel), text, file), to: "upload")
            #expect(taken.status == 201 && taken.json["filename"] == .string("Über.txt"))
            let id = try #require(taken.json["messageId"]?.text)
            #expect(try await owner.get("messages/\(id)").json["text"] == .string("cé"))
        }
    }

    @Test("a file of no bytes is a file")
    func emptyFile() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let file = try await owner.store([], "empty")
            #expect(file["size"] == .integer(0))
            let answer = try await owner.download(try #require(file["id"]?.text))
            #expect(answer.status == 200)
            #expect(answer.headers[.contentLength] == "0")
            #expect(answer.body.readableBytes == 0)
        }
    }

    @Test("the name that is stored is made safe, and comes back in Content-Disposition")
    func names() async throws {
        let names = [
            (#"..\\..\\boot.ini"#, "boot.ini"), ("/etc/passwd", "passwd"), ("..", "file"), ("a\tb.txt", "ab.txt"),
            ("e\u{301}.txt", "\u{e9}.txt"),
            (String(repeating: "x", count: 300) + ".log", String(repeating: "x", count: 251) + ".log"),
            ("日本語 😀.txt", "日本語 😀.txt"),
            (String(repeating: "é", count: 200) + ".txt", String(repeating: "é", count: 125) + ".txt"),
        ]
        try await withServer { server in
            let owner = try await server.owner()
            for (sent, stored) in names {
                let file = try await owner.store("x", sent)
                // By bytes: to Swift, two ways to write é are equal.
                #expect(file["filename"]?.text.map { Array($0.utf8) } == Array(stored.utf8))
                let answer = try await owner.download(try #require(file["id"]?.text))
                let disposition = try #require(answer.headers[.contentDisposition])
                let encoded = try #require(disposition.components(separatedBy: "; filename*=UTF-8''").dropFirst().first)
                #expect(encoded.removingPercentEncoding == stored)
            }
        }
    }

    // MARK: Out

    @Test("a file reads back as it was answered, and HEAD is the download without its bytes")
    func readAndHead() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let file = try await owner.store("hello", "notes.txt")
            let id = try #require(file["id"]?.text)
            #expect(try await owner.send(.get, "/api/v1/files/\(id)").json == file)

            let (get, head) = (
                try await owner.download(id), try await owner.send(.head, "/api/v1/files/\(id)/download")
            )
            #expect(get.text == "hello")
            #expect(head.status == 200)
            #expect(head.body.readableBytes == 0)
            #expect(head.headers[.contentLength] == "5")
            #expect(comparable(head) == comparable(get))
        }
    }

    @Test("a download carries every header that docs/api.md lists")
    func headers() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let file = try await owner.store("hello", "notes.txt")
            let answer = try await owner.download(try #require(file["id"]?.text))
            #expect(answer.status == 200)
            #expect(answer.headers[.eTag] == "\"sha256-\(Self.hello)\"")
            #expect(answer.headers[.acceptRanges] == "bytes")
            #expect(answer.headers[.cacheControl] == "private, no-cache")
            #expect(answer.headers[.xContentTypeOptions] == "nosniff")
            #expect(answer.headers[.contentSecurityPolicy] == "default-src 'none'; sandbox")
            #expect(answer.headers[.contentLength] == "5")
            #expect(answer.headers[.contentType]?.hasPrefix("text/plain") == true)
            #expect(
                answer.headers[HTTPField.Name("repr-digest")!]
                    == "sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=:"
            )
            #expect(answer.headers[HTTPField.Name("cross-origin-resource-policy")!] == "same-origin")
            #expect(answer.headers[HTTPField.Name("referrer-policy")!] == "no-referrer")
            let modified = try #require(answer.headers[.lastModified])
            #expect(modified.wholeMatch(of: /\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT/) != nil)
        }
    }

    @Test("a file over several buffers comes back byte by byte")
    func large() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let bytes = (0..<700_001).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 11) }
            let file = try await owner.store(bytes, "large.bin")
            let id = try #require(file["id"]?.text)
            #expect(Array(buffer: try await owner.download(id).body) == bytes)
            let part = try await owner.download(id, [.range: "bytes=262143-600000"])
            #expect(Array(buffer: part.body) == Array(bytes[262_143...600_000]))
        }
    }

    // MARK: Sharing and deletion

    @Test("equal bytes are stored once, under as many names as were sent")
    func deduplication() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let (first, second) = (try await owner.store("same", "a.txt"), try await owner.store("same", "b.txt"))
            #expect(first["id"] != second["id"])
            #expect(first["sha256"] == second["sha256"])
            #expect(second["filename"] == .string("b.txt"))
            #expect(try await server.census() == Census(attachments: 2, blobs: 1, blobFiles: 1))
        }
    }

    @Test("equal bytes sent by 20 at a time are stored once; no copy and no note of one is left")
    func simultaneousUploads() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let bytes = [UInt8](repeating: 7, count: 300_000)
            let ids = try await withThrowingTaskGroup(of: JSONValue?.self) { group in
                for number in 0..<20 {
                    group.addTask { try await owner.store(bytes, "\(number).bin")["id"] }
                }
                return try await group.reduce(into: Set<String>()) { ids, id in ids.insert(id?.text ?? "") }
            }
            #expect(ids.count == 20)
            #expect(try await server.census() == Census(attachments: 20, blobs: 1, blobFiles: 1))
            for id in ids { #expect(Array(buffer: try await owner.download(id).body) == bytes) }
        }
    }

    @Test("deleting frees the name at once; the bytes stay while another name has them")
    func delete() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let (first, second) = (try await owner.storedID("same"), try await owner.storedID("same"))
            #expect(try await owner.download(first).text == "same")
            let answer = try await owner.send(.delete, "/api/v1/files/\(first)")
            #expect(answer.status == 200)
            #expect(answer.json == .object(["deleted": .bool(true)]))

            for path in ["/api/v1/files/\(first)", "/api/v1/files/\(first)/download"] {
                #expect(try await owner.send(.get, path).status == 404)
            }
            #expect(try await owner.send(.delete, "/api/v1/files/\(first)").status == 404)
            #expect(try await owner.download(second).text == "same")
            #expect(try await server.census() == Census(attachments: 1, blobs: 1, blobFiles: 1))
        }
    }

    @Test("of many who delete a file at once, one is told that it did")
    func deleteRace() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let id = try await owner.storedID("x")
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<10 { group.addTask { try await owner.send(.delete, "/api/v1/files/\(id)").status } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.sorted() == [200] + Array(repeating: 404, count: 9))
        }
    }

    @Test("bytes whose last name was deleted can be stored again")
    func storeAgain() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            _ = try await owner.send(.delete, "/api/v1/files/\(try await owner.storedID("again"))")
            let id = try await owner.storedID("again")
            #expect(try await owner.download(id).text == "again")
            #expect(try await server.census() == Census(attachments: 1, blobs: 1, blobFiles: 1))
        }
    }

    /// The members of an attachment, besides `id` and the times: these and no others.
    private func expect(_ attachment: JSONValue, _ members: JSONObject) {
        #expect(
            attachment.names == [
                "id", "messageId", "channelId", "pluginType", "filename", "mimeType", "declaredMimeType", "size",
                "sha256",
                "storageKey", "pluginData", "createdAt", "expiresAt",
            ]
        )
        for (name, value) in members { #expect(attachment[name] == value, "\(name)") }
        #expect(attachment["id"]?.text?.wholeMatch(of: /[A-Za-z0-9_-]{1,500}/) != nil)
        #expect(attachment["createdAt"]?.text?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
    }

    /// The headers that do not name the request.
    private func comparable(_ answer: HTTPReply) -> [String] {
        answer.headers.filter { $0.name != HTTPField.Name("x-request-id")! }.map { "\($0.name): \($0.value)" }.sorted()
    }
}
