import App
import HTTP
import HTTPTypes
import Index
import JSON
import TestSupport
import Testing

/// What a request means that names no channel.
@Suite("All channels of a user")
struct AllChannelsTests {
    /// Two channels of one user, whose messages alternate, and one of a stranger between them.
    private struct Channels {
        let first: Owner
        let second: Owner
        let stranger: Owner

        init(_ server: TestServer) async throws {
            first = try await server.owner("ada@example.org")
            second = try await server.owner("ada@example.org")
            stranger = try await server.owner("eve@example.org")
        }

        /// Runs `act` in each channel, three times. The ids that it gives for the user's own, newest first.
        func each(_ act: (Owner) async throws -> String) async throws -> [String] {
            var ids: [String] = []
            for _ in 0..<3 {
                for owner in [first, second] { ids.insert(try await act(owner), at: 0) }
                _ = try await act(stranger)
            }
            return ids
        }
    }

    /// The ids of all pages of two rows each.
    private func ids(_ owner: Owner, _ path: String, _ query: String = "") async throws -> [String] {
        var (seen, cursor) = ([String](), "")
        for _ in 0..<9 {
            let page = try await owner.send(.get, "/api/v1/\(path)?limit=2\(query)\(cursor)")
            try #require(page.status == 200, "\(page.text)")
            let rows = (page.json["data"] ?? page.json).elements.compactMap { $0["id"]?.text }
            #expect(rows.count <= 2)
            seen += rows
            let next = page.json["nextCursor"]?.text ?? page.next.flatMap { _ in rows.last }
            guard let next else { return seen }
            cursor = "&cursor=\(next)"
        }
        Issue.record("the list does not end")
        return seen
    }

    @Test("lists have the rows of all channels in one order, page by page, and nothing of anybody else")
    func lists() async throws {
        try await withServer { server in
            let channels = try await Channels(server)
            let files = try await channels.each { try await $0.storedID("a") }
            let asked = try await channels.each { try await $0.ask() }
            let withFile = try await channels.each { owner in
                let text = #"[{"content":"a needle"}]"#
                let answer = try await owner.post(#""text":"a needle","textAttachments":\#(text)"#)
                return try #require(answer.json["id"]?.text, "\(answer.text)")
            }
            for owner in [channels.first, channels.second] {
                #expect(try await ids(owner, "messages") == withFile + asked)
                #expect(try await ids(owner, "messages", "&search=needle") == withFile)
                #expect(try await ids(owner, "messages", "&search=ne") == withFile)
                #expect(try await ids(owner, "messages", "&has_attachments=true") == withFile)
                #expect(try await ids(owner, "reviews/pending") == asked)
                #expect(try await Array(ids(owner, "files").suffix(6)) == files)
                #expect(try await ids(owner, "files").count == 12)
            }
        }
    }

    @Test("the feed of answers has those of all channels, the first to finish first, and wakes for each")
    func answers() async throws {
        try await withServer { server in
            let channels = try await Channels(server)
            let asked = try await channels.each { try await $0.ask() }
            let foreign = try await channels.stranger.ask()
            async let waiting = channels.first.send(.get, "/api/v1/answers?timeout=30000")
            for id in [foreign, asked[1]] + asked.filter({ $0 != asked[1] }) {
                _ = try await server.assembly.index.write { tx in try tx.complete(reviewOf: id, responseJSON: "{}") }
            }
            let woken = try await waiting.json["answers"]?.elements.first
            #expect(woken?["message"]?["id"]?.text == asked[1])
            let all = try await channels.second.send(.get, "/api/v1/answers").json["answers"]?.elements
            let finished = [asked[1]] + asked.filter { $0 != asked[1] }
            #expect(all?.compactMap { $0["message"]?["id"]?.text } == finished)
            guard case .integer(let seen)? = all?[1]["number"] else {
                Issue.record("no number")
                return
            }
            let later = try await channels.second.send(.get, "/api/v1/answers?after=\(seen)&limit=1").json
            #expect(later["answers"]?.elements.map { $0["message"]?["id"]?.text } == [finished[2]])
        }
    }

    @Test("by its id a message is found in whichever channel it is: 403 when that is somebody else's, 404 without one")
    func byID() async throws {
        try await withServer { server in
            let channels = try await Channels(server)
            let (mine, foreign) = (try await channels.second.ask(), try await channels.stranger.ask())
            let routes: [(HTTPRequest.Method, String)] = [
                (.get, "messages/ID"), (.get, "messages/iterations/ID"), (.get, "reviews/ID"),
                (.get, "reviews/ID/wait"), (.post, "messages/ID/ack"), (.delete, "messages/ID"),
            ]
            for (method, route) in routes {
                let status = { (id: String, query: String) in
                    let path = "/api/v1/\(route.replacing("ID", with: id))?timeout=1\(query)"
                    return try await channels.first.send(method, path).status
                }
                #expect(try await status(foreign, "") == 403, "\(method) \(route)")
                #expect(try await status("gone", "") == 404, "\(method) \(route)")
                // A channel that is named is the one that counts.
                #expect(try await status(mine, "&channel=\(channels.first.channel)") == 404, "\(method) \(route)")
                #expect(try await status(mine, "&channel=\(channels.stranger.channel)") == 403, "\(method) \(route)")
                #expect(try await status(mine, "&channel=") == 403, "\(method) \(route)")
                #expect(try await status(mine, "") == 200, "\(method) \(route)")
            }
            #expect(try await channels.stranger.get("messages/\(foreign)").status == 200)
        }
    }
}
