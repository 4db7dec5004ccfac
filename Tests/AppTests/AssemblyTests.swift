import Accounts
import App
import Blobs
import Foundation
import HTTP
import HTTPTypes
import Index
import TestSupport
import Testing

@Suite("Assembly")
struct AssemblyTests {
    @Test("the very first start makes an owner who must change the password; the next start makes nobody")
    func firstOwner() async throws {
        let root = NSTemporaryDirectory() + "placet-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: root) }
        let configuration = try ServerConfiguration(
            arguments: ["storage": root],
            environment: ["PLACET_ADMIN_EMAIL": "ada@example.org"]
        )
        let first = try await Assembly(configuration, logger: Log().logger)
        #expect(first.firstOwner?.email == "ada@example.org")
        #expect(first.firstOwner?.generatedPassword?.count == 16)
        let users = try await first.index.read { try $0.users() }
        #expect(users.map(\.role) == [.owner])
        #expect(users.map(\.mustChangePassword) == [true])
        try await first.close()

        let second = try await Assembly(configuration, logger: Log().logger)
        #expect(second.firstOwner == nil)
        #expect(try await second.index.read { try $0.users().count } == 1)
        try await second.close()
    }

    @Test("what was stored is there after a stop and a start, and the key still opens it")
    func restart() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let id = try await owner.storedID("still here")
            try await server.assembly.close()

            let restarted = try await server.next()
            let answer = try await restarted.send(.get, "/api/v1/files/\(id)/download", [.apiKey: owner.key])
            #expect(answer.text == "still here")
            try await restarted.assembly.close()
        }
    }

    @Test("a folder that one server has open cannot be opened by another")
    func oneAtATime() async throws {
        try await withServer { server in
            await #expect(throws: BlobError.locked(pid: ProcessInfo.processInfo.processIdentifier)) {
                _ = try await server.next()
            }
        }
    }

    @Test("a closed server answers 503, not 500")
    func closed() async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let id = try await owner.storedID("x")
            try await server.assembly.close()
            #expect(try await owner.send(.get, "/api/v1/files/\(id)").status == 503)
            #expect(try await owner.send(Form(.channel(owner.channel), .file([1], "x"))).status == 503)
        }
    }
}
