import App
import HTTP
import HTTPTypes
import Hummingbird
import Index
import JSON
import TestSupport
import Testing

/// Whoever adds a route that changes something sees it here, unless it is noted or listed.
@Suite("Every change is in the audit log")
struct AuditedChangesTests {
    /// Routes that could store by their method and are not noted: they store nothing, or only what a conversation is made
    /// of, or that somebody is there.
    private static let unnoted: Set = [
        "POST /mcp", "POST /api/v1/messages", "PATCH /api/v1/messages/streams/:stream",
        "POST /api/v1/messages/streams/:stream/status", "POST /api/v1/messages/:message/ack",
        "POST /api/v1/status/ping", "POST /api/messages", "POST /api/messages/:undelivered/retry",
        "POST /api/agents/:channel/read", "POST /api/agents/:channel/webhook/test",
        "POST /api/notifications/test",
        "POST /api/auth/confirm", "POST /api/auth/refresh", "POST /api/admin/gc/plan", "POST /api/markdown",
        "POST /api/plugins/:plugin/fetch",
        // Parts of an upload; the file is noted when it is one.
        "OPTIONS /api/v1/files/tus", "POST /api/v1/files/tus", "PATCH /api/v1/files/tus/:upload",
        "POST /api/v1/files/tus/:upload", "DELETE /api/v1/files/tus/:upload",
        "OPTIONS /api/files/tus", "POST /api/files/tus", "PATCH /api/files/tus/:begun",
        "POST /api/files/tus/:begun", "DELETE /api/files/tus/:begun",
        // Opened, which is stored later.
        "POST /api/files/bulk-download",
        // These change nothing here: the plugin has no settings, and there is nothing to collect.
        "PUT /api/plugins/:plugin/config", "POST /api/admin/gc/run", "POST /api/admin/gc/apply",
        // Their things are gone by then, or never were: `AuditTests` has them.
        "POST /api/files/bulk-delete", "POST /api/auth/change-password", "POST /api/admin/gc/runs/:run/undo",
    ]

    @Test("with who did it and in which request", arguments: [true, false])
    func noted(byAgents: Bool) async throws {
        try await withServer { server in
            let target = try await server.target("ada@example.org")
            for visit in Visit.all where visit.isForAgents == byAgents && !visit.isEndless {
                let session = try await server.session(of: target.person.userID)
                let credentials: HTTPFields =
                    byAgents ? [.apiKey: target.agent.key] : [.cookie: "access_token=\(session)"]
                let before = try await server.audit(AuditFilter(), limit: 1).first?.entry.id
                let answer = try await target.send(visit, credentials)
                let entries = try await server.audit(AuditFilter(), limit: 9).prefix { $0.entry.id != before }
                let isRead = visit.route.hasPrefix("GET") || visit.route.hasPrefix("HEAD")
                let isNoted = isRead ? visit.route.hasSuffix("/share") : !Self.unnoted.contains(visit.route)
                #expect(!entries.isEmpty == isNoted, "\(visit.route): \(answer.status) \(entries.count)")
                for entry in entries.map(\.entry) {
                    #expect(entry.origin.userID == target.person.userID, "\(visit.route)")
                    #expect(entry.origin.way == (byAgents ? .key : .session), "\(visit.route)")
                    #expect(entry.origin.credential?.isEmpty == false, "\(visit.route)")
                    #expect(entry.origin.requestID == answer.headers[.requestID], "\(visit.route)")
                }
            }
        }
    }
}

extension TestServer {
    fileprivate func audit(_ filter: AuditFilter, limit: Int) async throws -> [AuditRow] {
        try await assembly.index.read { try $0.audit(filter, before: nil, limit: limit) }
    }
}
