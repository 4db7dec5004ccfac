import HTTP
import HTTPTypes
import Hummingbird
import JSON
import NIOCore
import TestSupport
import Testing

/// A request that must be refused, and the answer.
private struct Refusal: Sendable {
    let name: String
    let status: Int
    /// What `errors` names.
    let faults: [String]
    let send: @Sendable (Owner) async throws -> HTTPReply

    init(
        _ name: String,
        _ status: Int,
        _ faults: [String] = [],
        _ send: @escaping @Sendable (Owner) async throws -> HTTPReply
    ) {
        (self.name, self.status, self.faults, self.send) = (name, status, faults, send)
    }
}

@Suite("Refusals leave nothing behind")
struct RefusalTests {
    private static let file = Form.Part.file(Array("content".utf8), "x.txt")
    private static let otherDigest = String(repeating: "0", count: 64)
    private static let otherDigestBase64 = String(repeating: "A", count: 43) + "="

    /// A request whose body is these very bytes.
    private static func raw(_ owner: Owner, _ body: String, type: String? = Form(file).contentType) async throws
        -> HTTPReply
    {
        var headers: HTTPFields = [:]
        headers[.contentType] = type
        return try await owner.send(.post, "/api/v1/files/store", headers, body: ByteBuffer(string: body))
    }

    private static func cut(_ form: Form, by bytes: Int) -> String {
        String(String(buffer: form.body).dropLast(bytes))
    }

    private static let forms = [
        Refusal("no file", 400, ["file"]) { try await $0.send(Form(.channel($0.channel))) },
        Refusal("a file without a filename", 400, ["file"]) {
            try await $0.send(Form(.channel($0.channel), .field("file", Array("content".utf8))))
        },
        Refusal("two files", 400, ["file"]) { try await $0.send(Form(.channel($0.channel), file, file)) },
        Refusal("two files of other names", 400, ["file"]) {
            try await $0.send(Form(file, .channel($0.channel), .file([], "y", name: "second")))
        },
        Refusal("no channelId", 400, ["channelId"]) { try await $0.send(Form(file)) },
        Refusal("an empty channelId", 400, ["channelId"]) { try await $0.send(Form(.channel(""), file)) },
        Refusal("neither", 400, ["file"]) { try await $0.send(Form()) },
        Refusal("a text with U+0000", 400, ["text"]) {
            try await $0.send(Form(.channel($0.channel), .text("a\0b"), file), to: "upload")
        },
        Refusal("a field over 64 KiB", 400, ["other"]) {
            try await $0.send(Form(.channel($0.channel), file, .field("other", [UInt8](repeating: 65, count: 65_537))))
        },
        Refusal("a text over 64 KiB, before the file", 400, ["text"]) {
            try await $0.send(Form(.field("text", [UInt8](repeating: 65, count: 65_537)), .channel($0.channel), file))
        },
        Refusal("a body cut in its last boundary", 400) {
            try await raw($0, cut(Form(.channel($0.channel), file), by: 8))
        },
        Refusal("a body cut in the file", 400) { try await raw($0, cut(Form(.channel($0.channel), file), by: 25)) },
        Refusal("an empty body", 400) { try await raw($0, "") },
        Refusal("a body of another boundary", 400) {
            try await raw($0, cut(Form(file), by: 0), type: "multipart/form-data; boundary=other")
        },
        Refusal("no boundary", 400) { try await raw($0, "x", type: "multipart/form-data") },
        Refusal("a boundary of no characters", 400) {
            try await raw($0, "x", type: #"multipart/form-data; boundary="""#)
        },
        Refusal("a boundary of 71 characters", 400) {
            try await raw($0, "x", type: "multipart/form-data; boundary=" + String(repeating: "b", count: 71))
        },
        Refusal("part headers over 16 KiB", 400) {
            try await $0.send(Form(.channel($0.channel), .file([1], String(repeating: "n", count: 17_000))))
        },
        Refusal("no content type", 415) { try await raw($0, cut(Form(file), by: 0), type: nil) },
        Refusal("JSON", 415) { try await raw($0, "{}", type: "application/json") },
        Refusal("multipart/mixed", 415) { try await raw($0, "x", type: "multipart/mixed; boundary=x") },
        Refusal("a foreign channel", 403) { try await $0.send(Form(.channel("someone-elses"), file)) },
        Refusal("a foreign channel after the file", 403) { try await $0.send(Form(file, .channel("someone-elses"))) },
        Refusal("a channel of SQL", 403) { try await $0.send(Form(.channel("' OR 1=1 --"), file), to: "upload") },
    ]

    private static let digests = [
        Refusal("a sha256 field of other bytes", 422) {
            try await $0.send(Form(.channel($0.channel), .field("sha256", Array(otherDigest.utf8)), file))
        },
        Refusal("a sha256 field of other bytes, after the file", 422) {
            try await $0.send(Form(.channel($0.channel), file, .field("sha256", Array(otherDigest.utf8))), to: "upload")
        },
        Refusal("a Repr-Digest of other bytes", 422) {
            try await $0.send(
                Form(.channel($0.channel), file),
                to: "store",
                [HTTPField.Name("repr-digest")!: "sha-256=:\(otherDigestBase64):"]
            )
        },
        Refusal("a Content-Digest of other bytes", 422) {
            try await $0.send(
                Form(.channel($0.channel), file),
                to: "store",
                [HTTPField.Name("content-digest")!: "sha-256=:\(otherDigestBase64):"]
            )
        },
        Refusal("a sha256 field that is none", 400, ["sha256"]) {
            try await $0.send(Form(.channel($0.channel), .field("sha256", Array("abc".utf8)), file))
        },
        Refusal("a Repr-Digest that is none", 400, ["repr-digest"]) {
            try await $0.send(
                Form(.channel($0.channel), file),
                to: "store",
                [HTTPField.Name("repr-digest")!: "sha-256=abc"]
            )
        },
    ]

    private static func text(_ owner: Owner, _ members: String) async throws -> HTTPReply {
        let json = members.replacing("CHANNEL", with: owner.channel)
        return try await owner.send(json: "{\(json)}", to: "/api/v1/files/store-text")
    }

    private static let texts = [
        Refusal("nothing at all", 400, ["channelId", "content"]) { try await text($0, "") },
        Refusal("no content", 400, ["content"]) { try await text($0, #""channelId":"CHANNEL""#) },
        Refusal("empty content", 400, ["content"]) { try await text($0, #""channelId":"CHANNEL","content":"""#) },
        Refusal("content that is a number", 400, ["content"]) {
            try await text($0, #""channelId":"CHANNEL","content":3"#)
        },
        Refusal("content with U+0000", 400, ["content"]) {
            try await text($0, #""channelId":"CHANNEL","content":"a\u0000b""#)
        },
        Refusal("a name that is null", 400, ["filename"]) {
            try await text($0, #""channelId":"CHANNEL","content":"a","filename":null"#)
        },
        Refusal("a name with U+0000", 400, ["filename"]) {
            try await text($0, #""channelId":"CHANNEL","content":"a","filename":"a\u0000b""#)
        },
        Refusal("a type that is a number", 400, ["mimeType"]) {
            try await text($0, #""channelId":"CHANNEL","content":"a","mimeType":1"#)
        },
        Refusal("a foreign channel for text", 403) { try await text($0, #""channelId":"other","content":"a""#) },
        Refusal("text that is no JSON", 400) { try await $0.send(json: "nonsense", to: "/api/v1/files/store-text") },
    ]

    private static let queries = [
        Refusal("a list of an empty channel", 403) { try await $0.send(.get, "/api/v1/files?channel=") },
        Refusal("a list of a foreign channel", 403) { try await $0.send(.get, "/api/v1/files?channel=other") },
        Refusal("a channel of %", 403) { try await $0.send(.get, "/api/v1/files?channel=%25") },
        Refusal("a channel with U+0000", 400, ["channel"]) { try await $0.send(.get, "/api/v1/files?channel=%00") },
        Refusal("limit=abc", 400, ["limit"]) {
            try await $0.send(.get, "/api/v1/files?channel=\($0.channel)&limit=abc")
        },
        Refusal("limit=0", 400, ["limit"]) { try await $0.send(.get, "/api/v1/files?channel=\($0.channel)&limit=0") },
        Refusal("limit=-1", 400, ["limit"]) { try await $0.send(.get, "/api/v1/files?channel=\($0.channel)&limit=-1") },
        Refusal("limit=1.5", 400, ["limit"]) {
            try await $0.send(.get, "/api/v1/files?channel=\($0.channel)&limit=1.5")
        },
        Refusal("an empty limit", 400, ["limit"]) {
            try await $0.send(.get, "/api/v1/files?channel=\($0.channel)&limit=")
        },
        Refusal("a cursor that is none", 400, ["cursor"]) {
            try await $0.send(.get, "/api/v1/files?channel=\($0.channel)&cursor=x")
        },
        Refusal("an unknown file", 404) { try await $0.send(.get, "/api/v1/files/unknown") },
        Refusal("an unknown file's bytes", 404) { try await $0.download("unknown") },
        Refusal("the end of an unknown file", 404) { try await $0.send(.delete, "/api/v1/files/unknown") },
        Refusal("an id of U+0000", 404) { try await $0.send(.get, "/api/v1/files/%00") },
        Refusal("an id of 500 characters", 404) { try await $0.download(String(repeating: "a", count: 500)) },
        Refusal("an id that is no UTF-8", 404) { try await $0.send(.get, "/api/v1/files/%FF%FE") },
        Refusal("an agent without a name", 400, ["name"]) { try await $0.send(json: "{}", to: "/api/v1/agents") },
    ]

    @Test("a wrong request is refused with its status, in the one shape of errors, and no row and no file is left")
    func refusals() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            for refusal in Self.forms + Self.digests + Self.texts + Self.queries {
                let before = try await server.census()
                let answer = try await refusal.send(owner)
                #expect(answer.status == refusal.status, "\(refusal.name): \(answer.text)")
                #expect(answer.json["statusCode"] == .integer(Int64(answer.status)), "\(refusal.name)")
                #expect(answer.json["message"]?.text?.isEmpty == false, "\(refusal.name)")
                #expect(
                    answer.json["requestId"]?.text == answer.headers[HTTPField.Name("x-request-id")!],
                    "\(refusal.name)"
                )
                #expect(answer.faults == refusal.faults, "\(refusal.name)")
                let faults = answer.json["errors"]?.elements ?? []
                #expect(faults.allSatisfy { $0["code"]?.text != nil && $0["message"]?.text != nil }, "\(refusal.name)")
                for leak in [server.root, "sqlite", "SELECT", ".swift", "hp_", "blobs/"] {
                    #expect(!answer.text.contains(leak), "\(refusal.name)")
                }
                #expect(try await server.census() == before, "\(refusal.name)")
            }
            #expect(try await server.census() == Census())
        }
    }
}
