import App
import HTTP
import HTTPTypes
import IndexSupport
import JSON
import TestSupport
import Testing

@testable import Index

@Suite("Plans of collection")
struct CollectionTests {
    /// Takes an attachment and a blob: one file has expired, another was deleted long ago. A third stays.
    private func withGarbage(_ body: (TestServer, Person) async throws -> Void) async throws {
        try await withServer { server in
            let owner = try await server.owner()
            let expired = try await owner.storedID("expired")
            let deleted = try await owner.storedID("twelve bytes")
            _ = try await owner.storedID("stays")
            let path = "/api/v1/files/\(deleted)?channel=\(owner.channel)"
            #expect(try await owner.send(.delete, path).status == 200)
            try await server.assembly.index.write { tx in
                let expire = "UPDATE attachments SET expires_at = 2000 WHERE id = ?"
                try tx.db.execute(sql: expire, arguments: [expired])
                try tx.db.execute(sql: "UPDATE unreferenced_blobs SET since = 1000")
            }
            try await body(server, try await server.person("o@b.c", role: .owner))
        }
    }

    private func amount(_ count: Int64, _ bytes: Int64) -> JSONValue {
        .object(["count": .integer(count), "bytes": .integer(bytes)])
    }

    @Test("a plan says what would go, and removes nothing")
    func plan() async throws {
        try await withGarbage { server, admin in
            let before = try await server.census()
            let plan = try await admin.send(.post, "admin/gc/plan", "{}").json
            #expect(plan["files"] == amount(1, 7))
            #expect(plan["blobs"] == amount(1, 12))
            #expect(plan["oldest"] == .string("1970-01-01T00:00:01.000Z"))
            #expect(plan["graceSeconds"] == .integer(86_400))
            #expect(plan["byReason"]?["fileDeleted"] == amount(1, 12))
            #expect(plan["byReason"]?["expired"] == amount(0, 0))
            #expect(plan["byChannel"]?.elements.first?["blobs"] == amount(1, 12))
            #expect(try await server.census() == before)
        }
    }

    @Test("applied, it removes that and nothing else, once")
    func apply() async throws {
        try await withGarbage { server, admin in
            let plan = try #require(try await admin.send(.post, "admin/gc/plan", "{}").json["id"]?.text)
            let step = try await admin.send(.post, "admin/gc/apply", #"{"plan":"\#(plan)"}"#).json
            #expect(step["expiredFiles"] == .integer(1))
            #expect(step["blobs"] == amount(1, 12))
            #expect(step["rest"]?["files"] == amount(0, 0))
            #expect(step["rest"]?["blobs"] == amount(0, 0))
            // The expired file's bytes wait for a grace of their own.
            let figures = try await admin.send(.get, "admin/storage").json
            #expect(figures["files"] == amount(1, 5))
            #expect(figures["reclaimable"] == amount(1, 7))
            #expect(try await admin.send(.post, "admin/gc/apply", #"{"plan":"\#(plan)"}"#).status == 409)
        }
    }

    @Test("a run removes what is due now, without a plan")
    func run() async throws {
        try await withGarbage { server, admin in
            let step = try await admin.send(.post, "admin/gc/run", "{}").json
            #expect(step["expiredFiles"] == .integer(1))
            #expect(step["blobs"] == amount(1, 12))
            #expect(step["rest"]?["blobs"] == amount(0, 0))
        }
    }

    @Test("a run is undone by its id, once, and the audit log says who did it")
    func undo() async throws {
        try await withGarbage { server, admin in
            let census = try await server.census()
            let run = try await admin.send(.post, "admin/gc/run", "{}").json["run"]
            let id = try #require(run?["id"]?.text)
            #expect(run?["startedBy"] == .string("run"))
            #expect(run?["expiredFiles"] == .integer(1))
            #expect(run?["blobs"] == amount(1, 12))
            #expect(run?["undoneAt"] == .null)
            let figures = try await admin.send(.get, "admin/storage").json
            #expect(figures["undoable"] == amount(1, 12))
            let back = try await admin.send(.post, "admin/gc/runs/\(id)/undo").json
            #expect(back["files"] == .integer(1))
            #expect(back["blobs"] == amount(1, 12))
            #expect(back["rest"] == .integer(0))
            #expect(try await server.census() == census)
            let again = try await admin.send(.post, "admin/gc/runs/\(id)/undo")
            #expect(again.status == 409)
            #expect(again.text.contains("has been undone"))
            let noted = try await admin.send(.get, "admin/audit?action=collection.undone&subject=\(id)").json
            #expect(noted["data"]?.elements.map { $0["count"] } == [.integer(2)])
        }
    }

    @Test("runs are listed, the newest first, and none that took nothing")
    func runs() async throws {
        try await withGarbage { server, admin in
            let first = try await admin.send(.post, "admin/gc/run", "{}").json["run"]
            try await server.assembly.index.write { tx in
                try tx.db.execute(sql: "UPDATE unreferenced_blobs SET since = 1000")
            }
            let second = try await server.command(.post, "gc/run", #"{"graceSeconds":0}"#).json["run"]
            #expect(try await server.command(.post, "gc/run", "{}").json["run"] == .null)
            #expect(try await admin.send(.get, "admin/gc/runs").json.elements == [second, first])
            let id = try #require(first?["id"]?.text)
            #expect(try await admin.send(.get, "admin/gc/runs?cursor=\(id)").json.elements.isEmpty)
            #expect(try await admin.send(.get, "admin/gc/runs/\(id)").json == first)
            #expect(try await server.command(.get, "gc/runs/none").status == 404)
            #expect(try await server.command(.get, "gc/runs").json.elements.count == 2)
        }
    }

    @Test("a run without grace cannot be undone, and an unknown one is told as such")
    func noUndo() async throws {
        try await withGarbage { server, admin in
            let run = try await server.command(.post, "gc/run", #"{"graceSeconds":0}"#).json["run"]
            #expect(run?["undoUntil"] == .null)
            let id = try #require(run?["id"]?.text)
            let answer = try await server.command(.post, "gc/runs/\(id)/undo")
            #expect(answer.status == 409)
            #expect(answer.text.contains("went at once"))
            #expect(try await admin.send(.post, "admin/gc/runs/none/undo").status == 404)
            let body = #"{"graceSeconds":0,"run":"none"}"#
            #expect(try await admin.send(.post, "admin/gc/run", body).status == 409)
        }
    }

    /// Way, count and subject of the entries about collections in the audit log.
    private func noted(_ server: TestServer) async throws -> [[JSONValue?]] {
        let page = try await server.command(.get, "audit?action=collection.run").json
        return try #require(page["data"]?.elements).map { [$0["via"], $0["count"], $0["subject"]] }
    }

    @Test("a run is in the audit log once, with all that it took; one that is refused or takes nothing is not")
    func audited() async throws {
        try await withGarbage { server, admin in
            #expect(try await admin.send(.post, "admin/gc/apply", #"{"plan":"1.1.00"}"#).status == 409)
            let first = try await admin.send(.post, "admin/gc/run", "{}").json["run"]?["id"]
            #expect(try await admin.send(.post, "admin/gc/run", "{}").status == 200)
            try await server.assembly.index.write { tx in
                try tx.db.execute(sql: "UPDATE unreferenced_blobs SET since = 1000")
            }
            let plan = try #require(try await server.command(.post, "gc/plan", "{}").json["id"]?.text)
            let second = try await server.command(.post, "gc/apply", #"{"plan":"\#(plan)"}"#).json["run"]?["id"]
            #expect(
                try await noted(server) == [
                    [.string("command line"), .integer(1), second], [.string("session"), .integer(2), first],
                ]
            )
        }
    }

    @Test("the next step goes on with the run, and its counts are of all steps")
    func goingOn() async throws {
        try await withGarbage { server, admin in
            let first = try await admin.send(.post, "admin/gc/run", "{}").json["run"]
            let id = try #require(first?["id"]?.text)
            try await server.assembly.index.write { tx in
                try tx.db.execute(sql: "UPDATE unreferenced_blobs SET since = 1000")
            }
            let second = try await admin.send(.post, "admin/gc/run", #"{"run":"\#(id)"}"#).json["run"]
            #expect(second?["id"] == .string(id))
            #expect(second?["blobs"] == amount(2, 19))
            // A plan is something else.
            let plan = try #require(try await admin.send(.post, "admin/gc/plan", "{}").json["id"]?.text)
            #expect(try await admin.send(.post, "admin/gc/apply", #"{"plan":"\#(plan)","run":"\#(id)"}"#).status == 409)
        }
    }

    @Test("a plan that something has left is refused, and removes nothing")
    func changed() async throws {
        try await withGarbage { server, _ in
            let plan = try #require(try await server.command(.post, "gc/plan", "{}").json["id"]?.text)
            _ = try await server.owner().storedID("twelve bytes")
            let before = try await server.census()
            let reply = try await server.command(.post, "gc/apply", #"{"plan":"\#(plan)"}"#)
            #expect(reply.status == 409)
            #expect(reply.text.contains("Make a new plan"))
            #expect(try await server.census() == before)
        }
    }

    @Test("a plan of a moment to come is refused: it would take what is not due yet")
    func future() async throws {
        try await withGarbage { server, admin in
            let index = server.assembly.index
            let later = Timestamp.now() + .seconds(100_000_000)
            let plan = try await index.read { try $0.collectionPlan(at: later, grace: .zero) }
            #expect(plan.files.count == 2)
            #expect(try await admin.send(.post, "admin/gc/apply", #"{"plan":"\#(plan.id)"}"#).status == 409)
        }
    }

    @Test("the grace is judged by whole seconds, so nothing joins a plan after its moment")
    func seconds() async throws {
        try await withGarbage { server, _ in
            try await server.assembly.index.read { reader in
                for (moment, blobs) in [(1_000, 0), (1_999, 0), (2_000, 1)] as [(Int64, Int)] {
                    let plan = try reader.collectionPlan(at: Timestamp(milliseconds: moment), grace: .zero)
                    #expect(plan.blobs.count == blobs)
                }
            }
        }
    }

    @Test(
        "bad input is refused with a sentence",
        arguments: [
            ("plan", #"{"graceSeconds":-1}"#), ("plan", #"{"graceSeconds":"1h"}"#), ("plan", #"{"grace":1}"#),
            ("plan", #"{"graceSeconds":9223372036854775807}"#),
            ("apply", "{}"), ("apply", #"{"plan":""}"#), ("apply", #"{"plan":"1.2"}"#),
            ("apply", #"{"plan":"-1.0.00"}"#), ("apply", #"{"plan":"1.9999999999999999999.00"}"#),
        ]
    )
    func badInput(route: String, body: String) async throws {
        try await withServer { server in
            let admin = try await server.person("o@b.c", role: .owner)
            #expect(try await admin.send(.post, "admin/gc/\(route)", body).status == 400)
        }
    }

    @Test("an id with extreme numbers names no plan of ours")
    func extremes() async throws {
        try await withServer { server in
            let body = #"{"plan":"0.9223372036854775807.00"}"#
            let reply = try await server.command(.post, "gc/apply", body)
            #expect(reply.status == 409)
        }
    }

    @Test("only owners plan and apply")
    func owners() async throws {
        try await withServer { server in
            let member = try await server.person("m@b.c", role: .member)
            #expect(try await member.send(.post, "admin/gc/plan").status == 403)
            #expect(try await member.send(.post, "admin/gc/apply", #"{"plan":"1.1.00"}"#).status == 403)
            #expect(try await member.send(.post, "admin/gc/run").status == 403)
            #expect(try await member.send(.post, "admin/gc/runs/a/undo").status == 403)
            #expect(try await server.send(.post, "/api/admin/gc/plan").status == 401)
        }
    }
}
