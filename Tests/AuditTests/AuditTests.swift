import App
import HTTP
import HTTPTypes
import Hummingbird
import Index
import JSON
import NIOCore
import TestSupport
import Testing

@Suite("The audit log")
struct AuditTests {
    private struct Page: Decodable {
        let data: [Entry]
        let nextCursor: String?
    }

    private struct Entry: Decodable, Equatable {
        let id: String
        let at: String
        let action: String
        let via: String
        let userId: String?
        let userEmail: String?
        let credentialId: String?
        let channelId: String?
        let subject: String?
        let requestId: String?
    }

    private func log(_ admin: Person, _ query: String = "") async throws -> Page {
        let answer = try await admin.send(.get, "admin/audit?\(query)")
        #expect(answer.status == 200, "\(answer.text)")
        return try answer.decoded()
    }

    @Test("who did what to which file stands there, newest first, and nothing of what is in it")
    func story() async throws {
        try await withServer { server in
            let admin = try await server.person("o@b.c", role: .owner)
            let (ada, agent) = try await server.pair()
            let file = try #require(try await agent.store("<html>", "secret name.html")["id"]?.text)
            let another = try await agent.storedID("plain")
            #expect(try await ada.send(.get, "files/\(file)/download?disposition=inline").status == 200)
            #expect(try await agent.download(file).status == 200)
            #expect(try await ada.send(.post, "files/bulk-download", #"{"ids":["\#(file)"]}"#).status == 200)
            let url = try #require(try await ada.send(.get, "files/\(file)/share").json["url"]?.text)
            let link = String(url[try #require(url.firstRange(of: "/api/")).lowerBound...])
            #expect(try await server.send(.get, link).status == 200)
            try await server.assembly.auditQueue.store(in: server.assembly.index)
            let ids = #"{"ids":["\#(file)","\#(another)"]}"#
            #expect(try await ada.send(.post, "files/bulk-delete", ids).status == 201)

            let entries = try await log(admin, "subject=\(file)").data
            #expect(
                entries.map { "\($0.action) \($0.via)" } == [
                    "file.deleted session", "file.downloaded link", "file.downloaded session", "file.downloaded key",
                    "file.opened session", "link.made session", "file.uploaded key",
                ]
            )
            #expect(entries.allSatisfy { $0.channelId == agent.channel && $0.requestId != nil })
            #expect(entries.map(\.userEmail) == [ada.email, nil] + Array(repeating: ada.email, count: 5))
            #expect(entries.last?.credentialId == agent.keyID)
            let text = try await admin.send(.get, "admin/audit").text
            #expect(!text.contains("secret name") && !text.contains("plain"))
        }
    }

    @Test("it is filtered by user, channel, action and time, and paged without a gap")
    func filters() async throws {
        try await withServer { server in
            let admin = try await server.person("o@b.c", role: .owner)
            let (ada, agent) = try await server.pair()
            for number in 1...5 { _ = try await agent.storedID("\(number)") }
            #expect(try await server.login(ada.email, Person.password).status == 200)

            var (pages, cursor) = ([Page](), "")
            repeat {
                pages.append(try await log(admin, "channel=\(agent.channel)&action=file.uploaded&limit=2&\(cursor)"))
                cursor = pages.last?.nextCursor.map { "cursor=\($0)" } ?? ""
            } while !cursor.isEmpty
            #expect(pages.map(\.data.count) == [2, 2, 1])
            let numbers = pages.flatMap(\.data).compactMap { Int($0.id) }
            #expect(numbers.count == 5 && numbers == numbers.sorted(by: >))

            let byEmail = try await log(admin, "user=\(ada.email)").data
            #expect(byEmail == (try await log(admin, "user=\(ada.userID)").data))
            #expect(byEmail.first?.action == "session.opened")
            #expect(Set(byEmail.map(\.userId)) == [ada.userID.rawValue])

            let last = try #require(byEmail.first)
            #expect(try await log(admin, "since=\(last.at)&user=\(ada.email)").data.contains(last))
            #expect(try await !log(admin, "until=\(last.at)").data.contains(last))
            #expect(try await log(admin, "since=2999-01-01T00:00:00.000Z").data.isEmpty)
            for (query, status) in [
                ("action=file.eaten", 400), ("since=yesterday", 400), ("until=2026-02-30T00:00:00.000Z", 400),
                ("cursor=abc", 400), ("cursor=-1", 400), ("user=nobody@example.org", 404),
            ] { #expect(try await admin.send(.get, "admin/audit?\(query)").status == status, "\(query)") }
        }
    }

    @Test("an export has every entry as a line of JSON; the command line reads the same pages")
    func export() async throws {
        try await withServer { server in
            let admin = try await server.person("o@b.c", role: .owner)
            let owner = try await server.owner()
            let origin = Origin(.commandLine, requestID: "r")
            try await server.assembly.index.write { tx in
                for _ in 1...1100 { try tx.insert(AuditEntry(.collected, by: origin, at: tx.now)) }
            }
            _ = try await owner.storedID("newest")
            let answer = try await admin.send(.get, "admin/audit/export?")
            #expect(answer.headers[.contentType] == "application/x-ndjson")
            let lines = answer.text.split(separator: "\n")
            let entries = try lines.map { try JSONValue(parsing: Array($0.utf8)) }
            #expect(entries.count > 1100)
            #expect(entries.first?["action"] == .string("file.uploaded"))
            #expect(entries[1]["via"] == .string("command line"))
            let collected = try await admin.send(.get, "admin/audit/export?action=collection.run").text
            #expect(collected.split(separator: "\n").count == 1100)
            #expect(try await admin.send(.get, "admin/audit/export?action=file.opened").text.isEmpty)
            let local: Page = try await server.command(.get, "audit?action=collection.run").decoded()
            #expect(local.data.count == 1000)
            #expect(local.nextCursor != nil)
        }
    }

    @Test("of each file its owner sees who opened it, and who deletes an account stays in the log by his id")
    func openings() async throws {
        try await withServer { server in
            let admin = try await server.person("o@b.c", role: .owner)
            let (ada, agent) = try await server.pair()
            let file = try await agent.storedID("opened")
            for _ in 1...3 { #expect(try await agent.download(file).status == 200) }
            #expect(try await agent.download(file, [.ifNoneMatch: "*"]).status == 304)
            #expect(try await agent.download(file, [.ifMatch: #""no""#]).status == 412)
            #expect(try await ada.send(.head, "files/\(file)/download").status == 200)
            try await server.assembly.auditQueue.store(in: server.assembly.index)
            let page: Page = try await ada.send(.get, "files/\(file)/openings").decoded()
            // What the same key does within a minute counts once.
            #expect(page.data.map(\.credentialId) == [agent.keyID])
            #expect(try await ada.send(.get, "files/\(Attachment.ID.make())/openings").status == 404)
            #expect(try await admin.send(.get, "files/\(file)/openings").status == 403)

            #expect(try await admin.send(.delete, "users/\(ada.userID)").status == 200)
            _ = try await server.assembly.index.write { try $0.removeDeletedAgents(limit: 100) }
            _ = try await server.assembly.index.write { try $0.removeDeletedAgents(limit: 100) }
            _ = try await server.assembly.index.write { try $0.removeDeletedUsers(limit: 100) }
            let gone = try await log(admin, "user=\(ada.userID)&action=file.uploaded").data
            #expect(gone.map(\.userEmail) == [nil] && gone.map(\.subject) == [file])
            #expect(
                try await log(admin, "subject=\(ada.userID)&action=user.deleted").data.map(\.userEmail) == ["o@b.c"]
            )
        }
    }

    @Test("a password that is changed, a session that ends and what the command line does are noted")
    func accounts() async throws {
        try await withServer { server in
            let admin = try await server.person("o@b.c", role: .owner)
            let ada = try await server.person("ada@example.org")
            let change = #"{"currentPassword":"\#(Person.password)","newPassword":"battery staple"}"#
            #expect(try await ada.send(.post, "auth/change-password", change).status == 200)
            #expect(try await ada.send(.post, "auth/logout").status == 200)
            let key = try await server.command(.post, "keys", #"{"label":"x","user":"ada@example.org"}"#).json
            let id = try #require(key["id"]?.text)
            #expect(try await server.command(.delete, "keys/\(id)").status == 200)
            #expect(try await server.command(.post, "log-level", #"{"level":"debug"}"#).status == 200)
            let entries = try await log(admin, "limit=5").data
            #expect(
                entries.map { "\($0.action) \($0.via)" } == [
                    "log-level.changed command line", "key.revoked command line", "key.created command line",
                    "session.ended session", "password.changed session",
                ]
            )
            #expect(entries.last?.subject == ada.userID.rawValue)
            #expect(entries.first?.subject == "debug")
        }
    }

    @Test("a wrong password for a user is noted once a minute, of a stranger or in a session; for nobody it is not")
    func wrongPasswords() async throws {
        try await withServer { server in
            let admin = try await server.person("o@b.c", role: .owner)
            let ada = try await server.person("ada@example.org")
            for _ in 1...2 { #expect(try await server.login(ada.email, "wrong horse").status == 401) }
            #expect(try await server.login("correct horse", "wrong horse").status == 401)
            #expect(try await ada.send(.post, "auth/confirm", #"{"password":"wrong horse"}"#).status == 401)
            let change = #"{"currentPassword":"wrong horse","newPassword":"battery staple"}"#
            #expect(try await ada.send(.post, "auth/change-password", change).status == 401)
            try await server.assembly.auditQueue.store(in: server.assembly.index)
            let entries = try await log(admin, "subject=\(ada.userID)&action=password.refused").data
            #expect(entries.map(\.via) == ["session", "stranger"])
            #expect(entries.map(\.userEmail) == [ada.email, nil] && entries.allSatisfy { $0.requestId != nil })
            #expect(try await log(admin, "action=password.refused").data == entries)
            #expect(try await !admin.send(.get, "admin/audit").text.contains("horse"))
        }
    }
}
