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
            let files = try await server.command(.post, "fsck/files", "{}").json
            #expect(files["checked"] == .integer(1))
            #expect(files["bytes"] == .integer(12))
            #expect(files["faults"] == .array([]))
            #expect(files["next"] == nil)
            let index = try await server.command(.post, "fsck/index", "{}").json
            #expect(index["faults"] == .array([]))
        }
    }

    @Test("a place to go on at that is no key is refused")
    func wrongPlace() async throws {
        try await withServer { server in
            for place in ["", "sha256", "../../etc/passwd"] {
                let reply = try await server.command(.post, "fsck/files", #"{"after":"\#(place)"}"#)
                #expect(reply.status == 400)
                #expect(reply.json["message"]?.text?.hasPrefix("after: is not a key") == true)
            }
        }
    }
}
