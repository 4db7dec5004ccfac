import Testing

@testable import Mail

@Suite("Settings of mail")
struct SettingsTests {
    private static let from = MailAddress("placet@example.org")!

    private func settings(_ url: String, password: String? = nil) throws(MailSettingsProblem) -> MailSettings {
        try MailSettings(url: url, password: password, from: Self.from)
    }

    @Test(
        "a URL has a scheme and a host, and a port if it is not the usual one",
        arguments: [
            ("smtp://mail.example.org", "smtp://mail.example.org:587", true),
            ("smtps://mail", "smtps://mail:465", true),
            ("smtp://localhost", "smtp://localhost:587", false), ("smtp://127.0.0.1:25/", "smtp://127.0.0.1:25", false),
            ("smtp://[::1]:25", "smtp://[::1]:25", false), ("smtps://localhost", "smtps://localhost:465", true),
            ("smtp://localhost.example.org", "smtp://localhost.example.org:587", true),
            ("smtp://127.0.0.1.example.org", "smtp://127.0.0.1.example.org:587", true),
        ]
    )
    func servers(url: String, server: String, needsTLS: Bool) throws {
        let settings = try settings(url)
        #expect(settings.server == server && settings.needsTLS == needsTLS && settings.user == nil)
    }

    @Test(
        "the user stands before the host, with an @ if he has one",
        arguments: [("ana", "ana"), ("ana@example.org", "ana@example.org"), ("ana%40b%20c", "ana@b c")]
    )
    func users(text: String, user: String) throws {
        #expect(try settings("smtp://\(text)@mail", password: "secret").user == user)
    }

    @Test(
        "other URLs are refused",
        arguments: [
            "", "mail", "http://mail", "smtp://", "smtp://mail:0", "smtp://mail:65536", "smtp://mail/x", "smtp:///x",
            "smtp://a b", "smtp://mail\r\n", "smtp://a%0d@mail", "smtp://a%@mail", "smtp://mail?x",
        ]
    )
    func refused(url: String) {
        #expect(throws: MailSettingsProblem.url) { try settings(url) }
    }

    @Test("a password belongs to a user, and stands outside of the URL")
    func passwords() {
        #expect(throws: MailSettingsProblem.passwordInURL) { try settings("smtp://ana:secret@mail", password: "x") }
        #expect(throws: MailSettingsProblem.noUser) { try settings("smtp://mail", password: "secret") }
        #expect(throws: MailSettingsProblem.noPassword) { try settings("smtp://ana@mail") }
    }

    @Test("their description tells no password")
    func description() throws {
        #expect("\(try settings("smtp://ana@mail", password: "secret"))" == "smtp://mail:587 as ana")
    }
}
