import App
import Foundation
import HTTP
import HTTPTypes
import Hummingbird
import Index
import JSON
import NIOCore
import TestSupport
import Testing

@testable import Files

@Suite("Downloads: ranges, conditions and dispositions")
struct DownloadTests {
    private static let etag = "\"sha256-84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882\""

    private struct RangeCase: Sendable {
        let header: String
        let status: Int
        let contentRange: String?
        let body: String
    }

    @Test("one range is 206, one outside is 416, one that is malformed is ignored")
    func ranges() async throws {
        let cases = [
            RangeCase(header: "bytes=0-3", status: 206, contentRange: "bytes 0-3/10", body: "0123"),
            RangeCase(header: "bytes=-2", status: 206, contentRange: "bytes 8-9/10", body: "89"),
            RangeCase(header: "bytes=7-", status: 206, contentRange: "bytes 7-9/10", body: "789"),
            RangeCase(header: "bytes=8-99", status: 206, contentRange: "bytes 8-9/10", body: "89"),
            RangeCase(header: "bytes=-99", status: 206, contentRange: "bytes 0-9/10", body: "0123456789"),
            RangeCase(header: "bytes=2-3,50-60", status: 206, contentRange: "bytes 2-3/10", body: "23"),
            RangeCase(header: "bytes=3-2", status: 200, contentRange: nil, body: "0123456789"),
            RangeCase(header: "bytes=a-b", status: 200, contentRange: nil, body: "0123456789"),
            RangeCase(header: "bytes=", status: 200, contentRange: nil, body: "0123456789"),
            RangeCase(header: "bytes=-", status: 200, contentRange: nil, body: "0123456789"),
            RangeCase(header: "bytes=0-1,2-1", status: 200, contentRange: nil, body: "0123456789"),
            RangeCase(header: "bytes=5-99999999999999999999", status: 206, contentRange: "bytes 5-9/10", body: "56789"),
            RangeCase(header: "lines=0-1", status: 200, contentRange: nil, body: "0123456789"),
            RangeCase(header: "bytes=0-5,4-6", status: 200, contentRange: nil, body: "0123456789"),
        ]
        try await withServer { server in
            let owner = try await server.owner()
            let id = try await owner.storedID("0123456789")
            for range in cases {
                let answer = try await owner.download(id, [.range: range.header])
                #expect(answer.status == range.status, "\(range.header)")
                #expect(answer.headers[.contentRange] == range.contentRange, "\(range.header)")
                #expect(answer.headers[.contentLength] == String(range.body.utf8.count), "\(range.header)")
                #expect(answer.text == range.body, "\(range.header)")
                #expect(answer.headers[.eTag] == Self.etag)
            }
            for header in ["bytes=10-", "bytes=10-12,20-", "bytes=-0"] {
                let answer = try await owner.download(id, [.range: header])
                #expect(answer.status == 416, "\(header)")
                #expect(answer.headers[.contentRange] == "bytes */10")
                #expect(answer.json["statusCode"] == .integer(416))
            }
        }
    }

    @Test("several ranges come as multipart/byteranges, in the order asked for, with the length announced")
    func severalRanges() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let answer = try await owner.download(try await owner.storedID("0123456789"), [.range: "bytes=7-8,0-1,-1"])
            #expect(answer.status == 206)
            #expect(answer.headers[.contentLength] == String(answer.body.readableBytes))
            #expect(answer.headers[.contentRange] == nil)
            let type = try #require(answer.headers[.contentType])
            let boundary = try #require(type.wholeMatch(of: /multipart\/byteranges; boundary=([A-Za-z0-9-]+)/)?.1)
            let part = { (range: String, bytes: String) in
                "\r\n--\(boundary)\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Range: bytes \(range)/10\r\n\r\n\(bytes)"
            }
            let parts = part("7-8", "78") + part("0-1", "01") + part("9-9", "9") + "\r\n--\(boundary)--\r\n"
            #expect(answer.text.replacing("us-ascii", with: "utf-8") == parts)
        }
    }

    @Test("a HEAD takes no range")
    func headIgnoresRange() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let id = try await owner.storedID("0123456789")
            let answer = try await owner.send(.head, "/api/v1/files/\(id)/download", [.range: "bytes=0-3"])
            #expect(answer.status == 200)
            #expect(answer.headers[.contentLength] == "10")
        }
    }

    @Test("a HEAD promises no download that fails")
    func headOfDamage() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let path = "/api/v1/files/\(try await owner.storedID("0123456789"))/download"
            try FileManager.default.removeItem(at: try server.onlyBlobFile())
            let (get, head) = (try await owner.send(.get, path), try await owner.send(.head, path))
            #expect(get.status == 500 && head.status == 500)
            #expect(head.body.readableBytes == 0)
            _ = try await owner.storedID("0123456789")
            #expect(try await owner.send(.head, path).status == 200)
        }
    }

    private static let conditions: [(HTTPFields, Int)] = [
        ([.ifNoneMatch: etag], 304), ([.ifNoneMatch: "W/" + etag], 304), ([.ifNoneMatch: "*"], 304),
        ([.ifNoneMatch: #""x", "# + etag], 304), ([.ifNoneMatch: #""x""#], 200),
        ([.ifMatch: etag], 200), ([.ifMatch: "*"], 200), ([.ifMatch: #""x""#], 412), ([.ifMatch: "W/" + etag], 412),
        ([.ifModifiedSince: "Sat, 01 Jan 2000 00:00:00 GMT"], 200),
        ([.ifModifiedSince: "Thu, 31 Dec 2099 23:59:59 GMT"], 304),
        ([.ifUnmodifiedSince: "Sat, 01 Jan 2000 00:00:00 GMT"], 412),
        ([.ifUnmodifiedSince: "Thu, 31 Dec 2099 23:59:59 GMT"], 200),
        ([.ifMatch: #""x""#, .ifNoneMatch: etag], 412),
        ([.ifNoneMatch: etag, .range: "bytes=50-"], 304),
    ]

    @Test("conditions answer 304, 412 or the bytes, the same for GET and HEAD")
    func conditions() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let id = try await owner.storedID("0123456789")
            for (headers, status) in Self.conditions {
                for method in [HTTPRequest.Method.get, .head] {
                    let answer = try await owner.send(method, "/api/v1/files/\(id)/download", headers)
                    #expect(answer.status == status, "\(method) \(headers)")
                    guard status == 304 else { continue }
                    #expect(answer.body.readableBytes == 0)
                    #expect(answer.headers[.eTag] == Self.etag)
                    #expect(answer.headers[.cacheControl] == "private, no-cache")
                    #expect(answer.headers[.lastModified] != nil)
                }
            }
        }
    }

    @Test("a file that came before the clock was set back was modified no later than now")
    func futureFile() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let (id, channel) = (Attachment.ID(try await owner.storedID("x")), Agent.ID(owner.channel))
            let file = try await server.assembly.index.read { reader in
                try reader.anyAgent(id: channel).flatMap { try reader.file(id, ownedBy: reader.acting(for: $0.userID)) }
            }
            let now = Timestamp(milliseconds: 784_111_777_999)
            let download = try Download(try #require(file), requested: nil, now: now)
            #expect(download.validators[.lastModified] == "Sun, 06 Nov 1994 08:49:37 GMT")
        }
    }

    @Test("Last-Modified sent back is a 304, and an If-Range of it serves the range")
    func lastModified() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let id = try await owner.storedID("0123456789")
            let modified = try #require(try await owner.download(id).headers[.lastModified])
            #expect(try await owner.download(id, [.ifModifiedSince: modified]).status == 304)
            #expect(try await owner.download(id, [.ifRange: modified, .range: "bytes=0-1"]).text == "01")
            #expect(try await owner.download(id, [.ifRange: Self.etag, .range: "bytes=0-1"]).text == "01")
            let other = try await owner.download(id, [.ifRange: #""x""#, .range: "bytes=0-1"])
            #expect(other.status == 200)
            #expect(other.text == "0123456789")
        }
    }

    // MARK: How a type is served

    private struct Serving: Sendable {
        let sample: String
        let type: String
        /// Unasked, with `?disposition=inline`, with `?disposition=attachment`.
        let dispositions: [String]
    }

    @Test("a type is shown or saved as the table of 6.5 says, always in a sandbox without network")
    func dispositions() async throws {
        let passive = ["inline", "inline", "attachment"]
        let active = ["attachment", "inline", "attachment"]
        let other = ["attachment", "attachment", "attachment"]
        let cases = [
            Serving(sample: "pixel.png", type: "image/png", dispositions: passive),
            Serving(sample: "photo.jpg", type: "image/jpeg", dispositions: passive),
            Serving(sample: "tone.mp3", type: "audio/mpeg", dispositions: passive),
            Serving(sample: "utf8.txt", type: "text/plain; charset=utf-8", dispositions: passive),
            Serving(sample: "report.md", type: "text/markdown; charset=", dispositions: passive),
            Serving(sample: "data.json", type: "application/json", dispositions: passive),
            Serving(sample: "table.csv", type: "text/csv", dispositions: passive),
            Serving(sample: "page.html", type: "text/html", dispositions: active),
            Serving(sample: "plain.svg", type: "image/svg+xml", dispositions: active),
            Serving(sample: "data.xml", type: "text/xml", dispositions: active),
            Serving(sample: "page.pdf", type: "application/pdf", dispositions: active),
            Serving(sample: "archive.zip", type: "application/zip", dispositions: other),
            Serving(sample: "random.bin", type: "application/octet-stream", dispositions: other),
        ]
        try await withServer { server in
            let owner = try await server.owner()
            for serving in cases {
                let file = try await owner.store(try sample(serving.sample), serving.sample)
                let id = try #require(file["id"]?.text)
                let queries = ["", "?disposition=inline", "?disposition=attachment"]
                for (query, disposition) in zip(queries, serving.dispositions) {
                    let answer = try await owner.download(id, query: query)
                    let type = try #require(answer.headers[.contentType])
                    #expect(type.hasPrefix(serving.type), "\(serving.sample)")
                    #expect(type.prefix { $0 != ";" } == file["mimeType"]?.text ?? "", "\(serving.sample)")
                    #expect(
                        answer.headers[.contentDisposition]?.hasPrefix(disposition + "; ") == true,
                        "\(serving.sample)\(query)"
                    )
                    let policy = try #require(answer.headers[.contentSecurityPolicy])
                    #expect(policy.hasPrefix("default-src 'none'; "), "\(serving.sample)")
                    #expect(policy.hasSuffix("sandbox"), "\(serving.sample): no allow-… behind it")
                }
            }
        }
    }

    @Test("HTML sent as a picture is HTML, and is not shown unasked")
    func disguisedHTML() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let file = try await owner.store(
                Array("<!doctype html><script>alert(1)</script>".utf8),
                "cat.png",
                type: "image/png"
            )
            #expect(file["mimeType"] == .string("text/html"))
            #expect(file["declaredMimeType"] == .string("image/png"))
            #expect(file["pluginType"] == .string("@uax/file"))
            let answer = try await owner.download(try #require(file["id"]?.text))
            #expect(answer.headers[.contentType]?.hasPrefix("text/html") == true)
            #expect(answer.headers[.contentDisposition]?.hasPrefix("attachment") == true)
        }
    }

    @Test("another disposition is 400")
    func badDisposition() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let id = try await owner.storedID("x")
            for value in ["", "INLINE", "form-data", "inline;x", "%00"] {
                let answer = try await owner.download(id, query: "?disposition=\(value)")
                #expect(answer.status == 400, "\(value)")
                #expect(answer.faults == ["disposition"], "\(value)")
            }
        }
    }
}
