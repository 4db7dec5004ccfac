import Foundation
import IndexSupport
import Testing

@testable import Index

@Suite("Pictures, themes and settings")
struct ChoiceTests {
    private static let picture = Avatar(mimeType: "image/png", bytes: Data([1, 2, 3]))

    @Test("a picture is replaced by another under another address, and lives as long as its agent names it")
    func avatars() async throws {
        let fixture = try await Fixture()
        let (index, id) = (fixture.index, fixture.agent.id)
        let (agent, now) = try await index.write { tx in
            (try tx.setAvatar(Self.picture, of: fixture.agent), tx.now)
        }
        #expect(agent.avatarURL == "/api/agents/\(id)/avatar?v=\(now.milliseconds)" && agent.hasUploadedAvatar)
        #expect(try await index.read { try $0.anyAgent(id: id) } == agent)
        #expect(try await index.read { try $0.avatar(in: $0.owned(id)) } == Self.picture)

        let other = Avatar(mimeType: "image/gif", bytes: Data([4]))
        _ = try await index.write { tx in try tx.setAvatar(other, of: agent) }
        #expect(try await index.read { try $0.avatar(in: $0.owned(id)) } == other)

        var renamed = try #require(try await index.read { try $0.anyAgent(id: id) })
        renamed.name = "another"
        try await index.write { [renamed] tx in try tx.update(renamed) }
        #expect(try await index.read { try $0.avatar(in: $0.owned(id)) } == other)
        for url in ["https://example.org/api/agents/\(id)/avatar", nil] {
            renamed.avatarURL = url
            #expect(!renamed.hasUploadedAvatar)
            try await index.write { [renamed] tx in
                _ = try tx.setAvatar(other, of: renamed)
                try tx.update(renamed)
            }
            #expect(try await index.read { try $0.avatar(in: $0.owned(id)) } == nil)
        }
    }

    @Test("with an agent's row goes its picture, and with a user's the settings")
    func removal() async throws {
        let fixture = try await Fixture()
        let (agent, user) = (fixture.agent, fixture.user)
        try await fixture.index.write { tx in
            _ = try tx.setAvatar(Self.picture, of: agent)
            try tx.setPluginSettings(["A": "1"], of: "p", by: ActingUser(id: user.id))
            try tx.deleteUser(id: user.id)
            try tx.removeDeletedAgents(limit: 10)
        }
        #expect(try await fixture.index.read { try $0.avatar(in: $0.owned(agent.id)) } == nil)
        try await fixture.index.write { tx in try tx.removeDeletedUsers(limit: 10) }
        #expect(try await fixture.index.read { try $0.pluginSettings("p", userID: user.id) } == [:])
    }

    @Test("settings are replaced as a whole, apart for each user and plugin")
    func settings() async throws {
        let fixture = try await Fixture()
        let other = User.sample(email: "b")
        try await fixture.index.write { tx in
            try tx.insert(other)
            for (user, plugin) in [(fixture.user, "p"), (fixture.user, "q"), (other, "p")] {
                try tx.setPluginSettings(["A": user.email + plugin, "B": "b"], of: plugin, by: ActingUser(id: user.id))
            }
            try tx.setPluginSettings(["A": "new", "C": ""], of: "p", by: ActingUser(id: fixture.user.id))
        }
        try await fixture.index.read { reader throws in
            #expect(try reader.pluginSettings("p", userID: fixture.user.id) == ["A": "new", "C": ""])
            #expect(try reader.pluginSettings("q", userID: fixture.user.id)["A"] == "ada@example.orgq")
            #expect(try reader.pluginSettings("p", userID: other.id)["A"] == "bp")
            #expect(try reader.pluginSettings("r", userID: other.id) == [:])
        }
    }

    @Test("a theme is system until another is chosen; who is gone has none")
    func themes() async throws {
        let fixture = try await Fixture()
        let (index, id) = (fixture.index, fixture.user.id)
        #expect(try await index.read { try $0.theme(userID: id) } == .system)
        for theme in User.Theme.allCases {
            try await index.write { tx in try tx.setTheme(theme, of: ActingUser(id: id)) }
            #expect(try await index.read { try $0.theme(userID: id) } == theme)
        }
        try await index.write { tx in try tx.deleteUser(id: id) }
        #expect(try await index.read { try $0.theme(userID: id) } == nil)
    }
}
