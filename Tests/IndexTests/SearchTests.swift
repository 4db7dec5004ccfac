import IndexSupport
import Testing

@testable import Index

@Suite("Searching texts")
struct SearchTests {
    @Test(
        "A term is a substring without regard to case; every character of it stands for itself",
        arguments: [
            ("needle", ["a Needle here", "xneedlex"], ["nee dle", "nedle"]),
            ("NEEDLE", ["needle"], ["nedle"]),
            ("100%", ["is 100% sure"], ["is 1000 sure", "100"]),
            ("%%%", ["a%%%b"], ["abc", "%%"]),
            ("a_b_c", ["xa_b_cx"], ["aXbXc"]),
            ("say \"hi\" now", ["Say \"hi\" now!"], ["say hi now"]),
            ("\"\"\"", ["\"\"\""], ["\"\""]),
            ("it's", ["It's"], ["its"]),
            ("a*b?c", ["xa*b?cx"], ["aXXbXc"]),
            ("[abc]", ["x[abc]x"], ["a", "b", "abc"]),
            ("AND OR", ["and or not"], ["and", "or and"]),
            ("text:x", ["text:x"], ["x"]),
            ("a\\b\\c", ["a\\b\\c"], ["abc"]),
            ("文件夹", ["打开文件夹吧"], ["文件", "文夹件"]),
            ("👍🏽🎉", ["so 👍🏽🎉!"], ["👍🎉"]),
            ("ÉCOLE", ["l'école"], ["ecole"]),
            ("ПРИВЕТ", ["привет, мир"], ["при вет"]),
            ("straße", ["die Straße"], ["strasse"]),
            ("abcabd", ["xabcabdx"], ["abcab abd bca cab", "abd abcab"]),
            ("e", ["E"], ["f"]),
            ("é", ["CAFÉ"], ["cafe"]),
            ("%", ["5%"], ["5"]),
            ("_", ["a_b"], ["ab"]),
            ("\"", ["\"q\""], ["q"]),
            ("*", ["2*3"], ["23"]),
            ("?", ["why?"], ["why"]),
            ("[", ["a[1"], ["a1"]),
            ("]", ["a]1"], ["a1"]),
            ("^a", ["x^A"], ["b"]),
            ("文件", ["一个文件"], ["件文"]),
            ("🎉", ["yes 🎉"], ["yes"]),
            ("ſs", ["ſS"], ["s"]),
            ("a\u{0}", [], ["a"]),
            ("abc\u{0}", [], ["abc"]),
        ] as [(String, [String], [String])]
    )
    func terms(term: String, hits: [String], misses: [String]) async throws {
        let fixture = try await Fixture()
        for text in hits + misses { try await fixture.send(text) }
        try await fixture.send(nil)
        let found = try await search(fixture, term)
        #expect(found == hits.reversed())
    }

    @Test("An empty term finds everything, as none does")
    func empty() async throws {
        let fixture = try await Fixture()
        try await fixture.send("a")
        try await fixture.send(nil)
        #expect(try await search(fixture, "").count == 2)
        #expect(try await search(fixture, nil).count == 2)
    }

    @Test("A term of a thousand characters is looked for as a whole; of a longer one nothing is found")
    func longTerm() async throws {
        let fixture = try await Fixture()
        let text = "x" + (100..<400).map { "é\($0)" }.joined()
        try await fixture.send(text)
        #expect(try await search(fixture, String(text.prefix(1_000))) == [text])
        #expect(try await search(fixture, text.prefix(999) + "x") == [])
        #expect(try await search(fixture, String(text.prefix(1_001))) == [])
    }

    @Test("A pattern that makes others try again from every place takes one pass here")
    func slowPattern() async throws {
        let fixture = try await Fixture()
        let text = "aab" + String(repeating: "a", count: 1_000_000)
        try await fixture.send(text)
        let a999 = String(repeating: "a", count: 999)
        // SQLite's GLOB takes 18 s for the first.
        #expect(try await search(fixture, a999 + "b") == [])
        #expect(try await search(fixture, "b" + a999) == [text])
    }

    @Test("What is searched of a text is its first 16 384 characters, by short terms and by long ones")
    func searchedPart() async throws {
        let fixture = try await Fixture()
        let space = String(repeating: "é", count: Message.searchedLength - 4)
        let (inside, across) = (space + "xyza", space + "1xyza")
        for text in [inside, across] { try await fixture.send(text) }
        #expect(try await search(fixture, "xyza") == [inside])
        #expect(try await search(fixture, "za") == [inside])
        #expect(try await search(fixture, "xyz") == [across, inside])
        try await fixture.index.checkSearch()
    }

    @Test("A draft is found once it has ended", arguments: [Message.StreamState.complete, .aborted])
    func drafts(end: Message.StreamState) async throws {
        let fixture = try await Fixture()
        var draft = Message.sample(in: fixture.agent)
        (draft.text, draft.streamID, draft.streamState) = ("first words", "s", .streaming)
        try await fixture.index.write { [draft] tx in try tx.insert(draft) }
        for (state, found) in [(Message.StreamState.streaming, 0), (end, 1)] {
            let isUpdated = try await fixture.index.write { [draft] tx in
                try tx.updateDraft(draft.id, in: tx.owned(draft.channelID), text: "more words", state: state)
            }
            #expect(isUpdated)
            for term in ["more words", "mo"] { #expect(try await search(fixture, term).count == found) }
            #expect(try await search(fixture, "first") == [])
            try await fixture.index.checkSearch()
        }
        try await fixture.index.write { [draft] tx in
            _ = try tx.deleteMessage(draft.id, in: tx.owned(draft.channelID))
        }
        try await fixture.index.checkSearch()
    }

    @Test("Of many large texts a group indexes some; the rest follows by itself", .onlySQLite)
    func behind() async throws {
        let fixture = try await Fixture()
        let text = String(repeating: "long text ", count: 1_000)
        let before = fixture.index.commitCount
        try await fixture.index.write { tx in
            for _ in 0..<10 {
                var message = Message.sample(in: fixture.agent)
                message.text = text
                try tx.insert(message)
            }
        }
        let left = try await fixture.index.read { try $0.one("SELECT count(*) FROM search_changes") as Int? }
        while try await fixture.index.read({ try $0.exists("SELECT 1 FROM search_changes") }) { await Task.yield() }
        #expect(try #require(left) <= 6)
        #expect(fixture.index.commitCount - before == 3)
        #expect(try await search(fixture, "text long").count == 10)
        try await fixture.index.checkSearch()
    }

    @Test("Search follows every change of a text, within one group too, and what is rolled back is not found")
    func changes() async throws {
        struct Refusal: Error {}
        let fixture = try await Fixture()
        let (kept, deleted) = (try await fixture.send("old words"), try await fixture.send("old words too"))
        let change: @Sendable (Transaction, String?) throws -> Void = { tx, text in
            try tx.db.execute(sql: "UPDATE messages SET text = ? WHERE id = ?", arguments: [text, kept.id.rawValue])
        }
        let units: [@Sendable (Transaction) throws -> Void] = [
            { tx in
                try change(tx, "words between")
                try change(tx, "new words")
            },
            { tx in _ = try tx.deleteMessage(deleted.id, in: tx.owned(deleted.channelID)) },
            { tx in
                try change(tx, "never words")
                throw Refusal()
            },
            { tx in try tx.insert(.sample(in: fixture.agent)) },
        ]
        _ = try await fixture.index.asOneGroup(units)
        #expect(try await search(fixture, "words") == ["new words"])
        #expect(try await search(fixture, "hello") == ["hello"])
        try await fixture.index.checkSearch()
        try await fixture.index.write { tx in try change(tx, nil) }
        #expect(try await search(fixture, "words") == [])
        try await fixture.index.checkSearch()
    }

    @Test("With a channel its texts leave the full-text index; its neighbours stay")
    func channelGoes() async throws {
        let fixture = try await Fixture()
        let other = Agent.sample(of: fixture.user)
        try await fixture.index.write { tx in
            try tx.insert(other)
            for _ in 0..<9 { try tx.insert(.sample(in: other)) }
        }
        try await fixture.send("hello you")
        try await fixture.index.write { tx in
            try tx.db.execute(sql: "DELETE FROM agents WHERE id = ?", arguments: [other.id])
        }
        #expect(try await search(fixture, "hello") == ["hello you"])
        try await fixture.index.checkSearch()
    }

    @Test("A message whose unit came after those of newer ids has its place by id, on every page")
    func lateMessages() async throws {
        let fixture = try await Fixture()
        let messages = (0..<9).map { number in
            var message = Message.sample(in: fixture.agent)
            message.text = "needle \(number)"
            return message
        }
        for number in [0, 2, 1, 8, 5, 4, 3, 7, 6] {
            try await fixture.index.write { tx in try tx.insert(messages[number]) }
        }
        let channel = fixture.agent.id
        for (number, message) in messages.enumerated() {
            let page = try await fixture.index.read {
                try $0.messages(in: $0.owned(channel), before: message.id, limit: 99, search: "needle").rows.map(
                    \.message
                )
            }
            #expect(page == messages[..<number].reversed())
        }
        try await fixture.index.checkSearch()
    }

    private func search(_ fixture: Fixture, _ term: String?) async throws -> [String?] {
        let channel = fixture.agent.id
        return try await fixture.index.read {
            try $0.search(channel, term, limit: 50).map(\.text)
        }
    }
}

extension StoreIndex {
    /// Throws when the full-text index differs from the texts. PostgreSQL's is an index like others.
    func checkSearch() async throws {
        if isShared { return }
        try await write { tx in
            try tx.db.execute(sql: "INSERT INTO message_search (message_search, rank) VALUES ('integrity-check', 1)")
            let noted = try Int.fetchOne(tx.db, sql: "SELECT count(*) FROM search_changes")
            if noted != 0 { throw IndexError.failure(code: 0) }
        }
    }
}
