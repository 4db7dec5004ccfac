import IndexSupport
import Testing

@testable import Index

@Suite("Searching for one or two characters")
struct ShortTermTests {
    @Test("finds them anywhere in a text, and in a text of nothing else")
    func places() async throws {
        let fixture = try await Fixture()
        let texts = ["q", "qz", "xqz", "qzx", "xqzx", "q x", "z", "zq", "Q\u{1}", "\u{1}q"]
        try await fixture.send(texts)
        for term in ["q", "z", "qz", "zq", "Qz", "x", " ", "q ", "\u{1}", "q\u{1}", "\u{1}\u{1}", "qq"] {
            let found = try await fixture.found(term)
            #expect(found == texts.filter { $0.lowercased().contains(term.lowercased()) }, "\(term)")
        }
    }

    /// All characters that have another case, and what SQLite or Swift takes for another character. Those of the last
    /// years PostgreSQL does not know.
    private static let scalars: [Unicode.Scalar] =
        (1...(TestIndex.isPostgreSQL ? 0x1_0C00 : 0x1_FFFF)).compactMap(Unicode.Scalar.init)
        .filter { SearchTerm.forms(of: $0).count > 1 }
        + ["\u{FFFD}", "\u{FFFE}", "\u{FFFF}", "\u{10FFFF}", "\u{F900}", "\u{8C48}", "\u{212B}", "\u{C5}"]

    @Test("knows the cases of every character that reading the texts knows")
    func cases() async throws {
        let fixture = try await Fixture()
        try await fixture.send(Self.scalars.flatMap { ["\($0)", "-\($0)\($0)"] })
        for (number, scalar) in Self.scalars.enumerated() where number % 64 == 0 || number > Self.scalars.count - 9 {
            for term in ["\(scalar)", "-\(scalar)", "\(scalar)\(scalar)"] {
                let found = try await fixture.found(term).map { Array($0.unicodeScalars) }
                let read = try await fixture.textsRead(for: term).map { Array($0.unicodeScalars) }
                #expect(found == read, "\(term)")
                #expect(!found.isEmpty)
            }
        }
    }

    @Test("finds what few texts of a channel have, however many trigrams of others begin with it")
    func frequentElsewhere() async throws {
        let fixture = try await Fixture()
        try await fixture.send(["first e", "no hit"])
        let other = Agent.sample(of: fixture.user)
        try await fixture.index.write { tx in try tx.insert(other) }
        try await fixture.send((0..<600).map { "e\(Unicode.Scalar(0x4E00 + $0)!)" }, in: other)
        #expect(try await fixture.found("e", limit: 1) == ["first e"])
        #expect(try await fixture.found("ee") == [])
        #expect(try await fixture.found("e\u{4E00}") == [])
    }

    @Test("reads no texts but the newest when nothing has the term", .onlySQLite)
    func readsNothing() async throws {
        let fixture = try await Fixture()
        try await fixture.send(Array(repeating: "a text", count: 99))
        for term in ["qz", "q"] {
            let statements = try await fixture.index.statements { tx in
                _ = try tx.messages(in: tx.owned(fixture.agent.id), limit: 2, search: term)
            }
            let reading = statements.filter { $0.contains("contains(") }
            #expect(reading.count == 1 && reading.allSatisfy { $0.contains("LIMIT 8") }, "\(statements)")
        }
    }

    @Test("finds nothing any more in texts that are gone or changed")
    func changes() async throws {
        let fixture = try await Fixture()
        let messages = try await fixture.send(["qz", "a qz", "qz too"])
        try await fixture.index.write { tx in
            _ = try tx.deleteMessage(messages[0].id, in: tx.owned(fixture.agent.id))
            try tx.db.execute(sql: "UPDATE messages SET text = 'z' WHERE id = ?", arguments: [messages[1].id.rawValue])
        }
        #expect(try await fixture.found("qz") == ["qz too"])
        #expect(try await fixture.found("z") == ["z", "qz too"])
        try await fixture.index.checkSearch()
    }
}

extension Fixture {
    @discardableResult
    fileprivate func send(_ texts: [String], in agent: Agent? = nil) async throws -> [Message] {
        let messages = texts.map { text in
            var message = Message.sample(in: agent ?? self.agent)
            message.text = text
            return message
        }
        try await index.write { tx in for message in messages { try tx.insert(message) } }
        if index.isShared { return messages }
        while try await index.read({ try $0.exists("SELECT 1 FROM search_changes") }) { await Task.yield() }
        return messages
    }

    /// What a search finds, the oldest first.
    fileprivate func found(_ term: String, limit: Int = 60) async throws -> [String] {
        try await index.read { [agent] in
            try $0.search(agent.id, term, limit: limit).reversed().compactMap(\.text)
        }
    }

    /// What reading all texts finds.
    fileprivate func textsRead(for term: String) async throws -> [String] {
        let matcher = SubstringMatcher(SearchTerm(orEmpty: term))
        return try await index.read { try $0.all("SELECT text FROM messages ORDER BY id") }.filter { (text: String) in
            var text = text
            return text.withUTF8 { matcher.isFound(in: $0, limit: Message.searchedLength) }
        }
    }
}
