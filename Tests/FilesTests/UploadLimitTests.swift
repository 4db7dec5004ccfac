import App
import HTTP
import HTTPTypes
import Hummingbird
import JSON
import NIOCore
import TestSupport
import Testing

@Suite("Limits and digests of an upload")
struct UploadLimitTests {
    private static let file = Form.Part.file(Array("content".utf8), "x.txt")
    private static let otherDigest = String(repeating: "0", count: 64)

    private static func text(_ owner: Owner, _ content: String) async throws -> HTTPReply {
        let json = #"{"channelId":"\#(owner.channel)","content":"\#(content)"}"#
        return try await owner.send(json: json, to: "/api/v1/files/store-text")
    }

    @Test("a form with a Content-Encoding is 415, and nothing is stored")
    func codedForm() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            for route in ["store", "upload"] {
                let form = Form(.channel(owner.channel), Self.file)
                let answer = try await owner.send(form, to: route, [.contentEncoding: "gzip"])
                #expect(answer.status == 415)
                #expect(answer.headers[.acceptEncoding] == "identity")
            }
            #expect(try await server.census() == Census())
        }
    }

    @Test("a digest that does not match is told with both values")
    func digestValues() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let answer = try await owner.send(
                Form(
                    .channel(owner.channel),
                    .field("sha256", Array(Self.otherDigest.utf8)),
                    .file(Array("hello".utf8), "x")
                )
            )
            #expect(answer.status == 422)
            #expect(answer.text.contains(Self.otherDigest))
            #expect(answer.text.contains("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"))
        }
    }

    @Test("digests that match are accepted, of the file in every form and of the body as Content-Digest")
    func matchingDigests() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let base64 = "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="
            let form = Form(
                .channel(owner.channel),
                .file(Array("hello".utf8), "x"),
                .field("sha256", Array("2CF24DBA5FB0A30E26E83B2AC5B9E29E1B161E5C1FA7425E73043362938B9824".utf8))
            )
            for name in ["repr-digest", "content-digest"] {
                let answer = try await owner.send(form, to: "store", [HTTPField.Name(name)!: "sha-256=:\(base64):"])
                #expect(answer.status == 201, "\(answer.text)")
            }
        }
    }

    @Test("the limit itself is taken, a byte more is 413 and leaves nothing, whether it was announced or not")
    func oversize() async throws {
        try await withServer(["PLACET_MAX_UPLOAD_BYTES": "1000"]) { server in
            let owner = try await server.owner()
            for size in [1001, 3_000_000] {
                let form = Form(.channel(owner.channel), .file([UInt8](repeating: 1, count: size), "big"))
                for route in ["store", "upload"] {
                    let answer = try await owner.send(form, to: route)
                    #expect(answer.status == 413)
                    #expect(answer.json["message"]?.text?.contains("1000") == true)
                }
            }
            #expect(try await server.census() == Census())
            #expect(try await owner.store([UInt8](repeating: 1, count: 1000))["size"] == .integer(1000))
        }
    }

    @Test("the limit holds for text too")
    func oversizeText() async throws {
        try await withServer(["PLACET_MAX_UPLOAD_BYTES": "1000"]) { server in
            let owner = try await server.owner()
            let text = String(repeating: "a", count: 1001)
            let answer = try await Self.text(owner, text)
            #expect(answer.status == 413)
            #expect(try await server.census() == Census())
            let most = try await Self.text(owner, String(text.dropLast()))
            #expect(most.status == 201)
        }
    }
}
