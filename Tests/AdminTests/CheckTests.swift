import Foundation
import Glibc
import HTTP
import HTTPTypes
import JSON
import TestSupport
import Testing

@Suite("Check routes")
struct CheckTests {
    @Test("the operator's check tells what it looked at, and that it came to the end")
    func whole() async throws {
        try await withServer { server in
            _ = try await server.owner().storedID("twelve bytes")
            let files = try await server.command(.post, "fsck/files", #"{"check":"a"}"#).json
            #expect(files["checked"] == .integer(1))
            #expect(files["bytes"] == .integer(12))
            #expect(files["faults"] == .array([]))
            #expect(files["next"] == nil)
            let index = try await server.command(.post, "fsck/index", #"{"check":"a"}"#).json
            #expect(index["faults"] == .array([]))
        }
    }

    @Test("what keeps the check from reading is said")
    func cannotRead() async throws {
        try await withServer { server in
            _ = try await server.owner().storedID("")
            let path = try server.onlyBlobFile().path
            try FileManager.default.removeItem(atPath: path)
            // Nobody opens a socket as a file. What others may not open, root may.
            #expect(mknod(path, S_IFSOCK | 0o600, 0) == 0)
            let reply = try await server.command(.post, "fsck/files", #"{"check":"a","repair":true}"#)
            #expect(reply.status == 500)
            #expect(reply.json["message"]?.text?.contains("open: No such device or address (6). Mend that") == true)
        }
    }

    @Test("repairs are in the audit log, once for a check that begins, and a check alone is not")
    func noted() async throws {
        try await withServer { server in
            _ = try await server.owner().storedID("")
            let key = try server.onlyBlobFile().pathComponents.suffix(3).joined(separator: "/")
            for body in [#"{"check":"a"}"#, #"{"check":"a","repair":true}"#] {
                #expect(try await server.command(.post, "fsck/files", body).status == 200)
            }
            let rest = try await server.command(.post, "fsck/files", #"{"check":"a","repair":true,"after":"\#(key)"}"#)
            #expect(rest.status == 200, "\(rest.text)")
            let noted = try await server.command(.get, "audit?action=repairs.begun").json["data"]?.elements
            #expect(noted?.map { $0["via"] } == [.string("command line")])
        }
    }

    @Test("a place to go on at that is no key is refused")
    func wrongPlace() async throws {
        try await withServer { server in
            for place in ["", "sha256", "../../etc/passwd"] {
                let reply = try await server.command(.post, "fsck/files", #"{"check":"a","after":"\#(place)"}"#)
                #expect(reply.status == 400)
                #expect(reply.json["message"]?.text?.hasPrefix("after: is not a key") == true)
            }
        }
    }
}
