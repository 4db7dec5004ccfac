import App
import HTTP
import HTTPTypes
import Index
import JSON
import NIOCore
import TestSupport
import Testing

@Suite("Texts in messages")
struct TextAttachmentTests {
    @Test("text attachments come with the message, their content in the answer; equal bytes are stored once")
    func together() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let texts =
                #""textAttachments":[{"content":"*Log*"},{"content":"*Log*","filename":"b.md"},{"content":"a,b","filename":"t.csv","mimeType":"text/csv"}]"#
            let sent = try await owner.post(texts)
            #expect(sent.status == 201, "\(sent.text)")
            let files = try #require(sent.json["attachments"]?.elements)
            #expect(files.map { $0["filename"]?.text } == ["content.md", "b.md", "t.csv"])
            #expect(files.map { $0["mimeType"]?.text } == ["text/markdown", "text/markdown", "text/csv"])
            #expect(files.map { $0["textContent"]?.text } == ["*Log*", "*Log*", "a,b"])
            #expect(files.allSatisfy { $0["messageId"] == sent.json["id"] && $0["expiresAt"] == .null })
            #expect(try await server.census() == Census(attachments: 3, messages: 1, blobs: 2, blobFiles: 2))
            let id = try #require(files[2]["id"]?.text)
            #expect(try await owner.download(id).text == "a,b")
        }
    }

    @Test("what is refused, repeated or somebody else's leaves no bytes behind")
    func nothingLeft() async throws {
        try await withServer { server in
            let (owner, stranger) = (try await server.owner(), try await server.owner("eve@example.org"))
            let text = #""textAttachments":[{"content":"secret"}]"#
            #expect(try await owner.post(text + #","attachmentIds":["nope"]"#).status == 400)
            #expect(try await owner.post(text + #","iterationOf":"nope""#).status == 400)
            let foreign = try await stranger.send(
                json: #"{"channelId":"\#(owner.channel)",\#(text)}"#,
                to: "/api/v1/messages"
            )
            #expect(foreign.status == 403)
            for bad in [#"[{}]"#, #"[{"content":""}]"#, #"["a"]"#, #"{}"#, #"[{"content":"a","filename":3}]"#] {
                #expect(try await owner.post(#""textAttachments":\#(bad)"#).status == 400, "\(bad)")
            }
            #expect(try await server.census() == Census())

            let first = try await owner.post(#""clientId":"c",\#(text)"#)
            let repeated = try await owner.post(#""clientId":"c","textAttachments":[{"content":"other"}]"#)
            #expect(repeated.status == 201 && repeated.json == first.json)
            #expect(try await server.census() == Census(attachments: 1, messages: 1, blobs: 1, blobFiles: 1))
        }
    }

    @Test("textContent is for small Markdown, plain, HTML and CSV text, and only where docs/api.md says so")
    func inlineTexts() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let small = String(repeating: "a", count: 65_536)
            let cases: [([UInt8], String, String?)] = [
                (Array(small.utf8), "a.txt", small), (Array((small + "a").utf8), "b.txt", nil),
                (Array("{}".utf8), "c.json", nil), (Array("<p>a</p>".utf8), "d.html", "<p>a</p>"),
                ([0xC4, 0x72, 0x67, 0x65, 0x72, 0x0A], "e.txt", "Ärger\n"), ([0x89, 0x50, 0x4E, 0x47], "f.png", nil),
                // Cut in the middle of a character, with a control, and with the zeros of a crash.
                (Array("Prüfung ✓ ü\n".utf8) + [0xE2, 0x9C], "cut.log", "Prüfung ✓ ü\n\u{FFFD}"),
                (Array("\u{1B}[1mBuild\u{1B}[m\u{F} ok\n".utf8), "sgr0.log", "\u{1B}[1mBuild\u{1B}[m\u{F} ok\n"),
                (Array("last line\n".utf8) + [UInt8](repeating: 0, count: 200), "tail.log", "last line\n"),
                (Array("\u{FEFF}first\n".utf8), "bom.txt", "first\n"),
            ]
            for (bytes, name, text) in cases {
                let id = try #require(try await owner.store(bytes, name)["id"]?.text)
                let sent = try await owner.post(#""attachmentIds":["\#(id)"]"#)
                #expect(sent.json["attachments"]?.elements.first?["textContent"]?.text == text, "\(name)")
                let messageID = try #require(sent.json["id"]?.text)
                let read = try await owner.get("messages/\(messageID)")
                #expect(read.json["attachments"]?.elements.first?.names.contains("textContent") == false)
            }
            let id = try await owner.ask(#","textAttachments":[{"content":"log"}]"#)
            _ = try await server.assembly.index.write { tx in try tx.complete(reviewOf: id, responseJSON: "{}") }
            let waited = try await owner.get("reviews/\(id)/wait")
            #expect(waited.json["message"]?["attachments"]?.elements.first?["textContent"] == .string("log"))
        }
    }
}
