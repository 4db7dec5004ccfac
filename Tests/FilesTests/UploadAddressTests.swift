import App
import Foundation
import HTTP
import HTTPTypes
import Index
import JSON
import NIOCore
import TestSupport
import Testing

extension HTTPField.Name {
    fileprivate static let digest = HTTPField.Name("repr-digest")!
}

@Suite("Upload addresses")
struct UploadAddressTests {
    private func address(_ owner: Owner, _ more: String = "") async throws -> String {
        let body = #"{"channelId":"\#(owner.channel)"\#(more)}"#
        let answer = try await owner.send(json: body, to: "/api/v1/files/upload-addresses")
        #expect(answer.status == 201, "\(answer.text)")
        let url = try #require(answer.json["url"]?.text)
        return String(url[try #require(url.range(of: "/api/upload/")).lowerBound...])
    }

    private let bytes = ByteBuffer(string: "the bytes")

    @Test("takes one file without a key, under its name, and no second one")
    func once() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let named = try await address(owner, #","filename":"core.dump""#)
            #expect(named.split(separator: "/").count == 3 && !named.hasSuffix("/"))
            let first = try await server.send(.put, named, body: bytes)
            #expect(first.status == 201, "\(first.text)")
            #expect(first.json["filename"] == .string("core.dump") && first.json["channelId"] == .string(owner.channel))
            let second = try await server.send(.put, named, body: bytes)
            #expect(second.status == 404 && second.json["message"]?.text?.contains("Ask for another") == true)

            let open = try await address(owner)
            #expect(open.hasSuffix("/"))
            let put = try await server.send(.put, open + "a%20b.txt", body: bytes)
            #expect(put.json["filename"] == .string("a b.txt"))
        }
    }

    @Test("of two at once one is stored")
    func race() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let path = try await address(owner, #","filename":"a""#)
            let before = try await server.census()
            let bytes = bytes
            let statuses = try await twice { _ in try await server.send(.put, path, body: bytes).status }
            #expect(statuses.sorted() == [201, 404])
            #expect(try await server.census().attachments == before.attachments + 1)
        }
    }

    @Test("is kept by what is refused, cut off or too large")
    func kept() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let path = try await address(owner, #","filename":"a","maxBytes":9"#)
            let large = try await server.send(.put, path, body: ByteBuffer(string: "ten bytes!"))
            #expect(large.status == 413 && large.json["message"]?.text?.contains("9 bytes") == true)
            let undeclared = try await server.send(.put, path, body: ByteBuffer(string: "ten bytes!"), pausingAt: 1) {}
            #expect(undeclared.status == 413)
            let wrong: HTTPFields = [.digest: "sha-256=:LCa0a2j/xo/5m0U8HTBBNBNCLXBkg7+g+YpeiGJm564=:"]
            #expect(try await server.send(.put, path, wrong, body: bytes).status == 422)
            #expect(try await server.send(.put, path, body: bytes).status == 201)
        }
    }

    @Test(
        "ends with its key, however that ends, also while the bytes arrive",
        arguments: ["revoked", "rotated", "deleted"]
    )
    func authority(_ how: String) async throws {
        try await withServer { server in
            let (person, owner) = try await server.pair()
            @Sendable func end(_ owner: Owner) async throws {
                let answer =
                    switch how {
                    case "revoked": try await person.send(.delete, "api-keys/\(owner.keyID)")
                    case "rotated": try await person.send(.post, "api-keys/\(owner.keyID)/rotate")
                    default: try await person.send(.delete, "agents/\(owner.channel)")
                    }
                #expect(answer.status == 200, "\(answer.text)")
            }
            let path = try await address(owner, #","filename":"a""#)
            let before = try await server.census()
            let cut = try await server.send(.put, path, body: bytes, pausingAt: 1) { try await end(owner) }
            #expect([401, 403, 404].contains(cut.status), "\(cut.text)")
            #expect(try await [403, 404].contains(server.send(.put, path, body: bytes).status))
            #expect(try await server.census().attachments == before.attachments)
        }
    }

    @Test("is not made for another user's channel, and ends when its time is over or newer ones take its place")
    func limits() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let stranger = try await server.owner("eve@example.org")
            for (body, status) in [
                (#"{"channelId":"\#(owner.channel)"}"#, 403), ("{}", 400),
                (#"{"channelId":"\#(stranger.channel)","expiresInSeconds":86401}"#, 400),
                (#"{"channelId":"\#(stranger.channel)","maxBytes":0}"#, 400),
            ] {
                #expect(
                    try await stranger.send(json: body, to: "/api/v1/files/upload-addresses").status == status,
                    "\(body)"
                )
            }
            let path = try await address(owner, #","filename":"a""#)
            let kept = try await address(owner, #","filename":"b""#)
            let ends = try #require(try await server.assembly.index.read { try $0.nextUploadTokenEnd() })
            #expect(ends > .now() + .seconds(800) && ends <= .now() + .seconds(900))
            let token = UploadToken(
                id: .make(),
                keyID: APIKey.ID(rawValue: owner.keyID),
                channelID: Agent.ID(rawValue: owner.channel),
                filename: nil,
                maxBytes: nil,
                createdAt: .now(),
                expiresAt: .now()
            )
            try await server.assembly.index.write { tx in
                try tx.insert(token, hash: [UInt8](repeating: 1, count: 32), in: tx.owned(owner.channel), most: 2)
                #expect(try tx.grantedUpload(hash: [UInt8](repeating: 1, count: 32), now: .now()) == nil)
                try tx.removeEndedUploadTokens(limit: 9)
            }
            #expect(try await server.send(.put, path, body: bytes).status == 404)
            #expect(try await server.send(.put, kept, body: bytes).status == 201)
            #expect(try await server.send(.put, "/api/upload/hu_nothing", body: bytes).status == 404)
        }
    }
}
