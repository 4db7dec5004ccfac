import FoundationEssentials
import Mail
import Testing

@testable import App

@Suite("Configuration of mail")
struct MailConfigurationTests {
    private static let usual = [
        "PLACET_SMTP_URL": "smtp://ana@mail.example.org", "PLACET_SMTP_FROM": "placet@example.org",
    ]

    private func configuration(_ more: [String: String]) throws -> ServerConfiguration {
        try ServerConfiguration(arguments: [:], environment: Self.usual.merging(more) { $1 })
    }

    @Test("server, user and password make it")
    func usual() throws {
        let mail = try #require(try configuration(["PLACET_SMTP_PASSWORD": "secret"]).mail)
        #expect("\(mail)" == "smtp://mail.example.org:587 as ana" && mail.from.address == "placet@example.org")
    }

    @Test("the password may stand in a file, whose first line it is")
    func file() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "smtp-password-\(UUID())").path
        try "secret\n".write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(try configuration(["PLACET_SMTP_PASSWORD_FILE": path]).mail != nil)
        let both = ["PLACET_SMTP_PASSWORD_FILE": path, "PLACET_SMTP_PASSWORD": "secret"]
        #expect(throws: ConfigurationError.self) { try configuration(both) }
    }

    @Test(
        "what cannot be used is refused by its name, and the error repeats no password",
        arguments: [
            (["PLACET_SMTP_URL": "smtp://ana:hunter2@mail"], "PLACET_SMTP_URL"),
            (["PLACET_SMTP_URL": "http://hunter2"], "PLACET_SMTP_URL"), ([:], "PLACET_SMTP_PASSWORD"),
            (["PLACET_SMTP_URL": "smtp://mail", "PLACET_SMTP_PASSWORD": "hunter2"], "PLACET_SMTP_PASSWORD"),
            (["PLACET_SMTP_FROM": ""], "PLACET_SMTP_FROM"), (["PLACET_SMTP_FROM": "a b@c"], "PLACET_SMTP_FROM"),
            (["PLACET_SMTP_PASSWORD_FILE": "/nowhere"], "PLACET_SMTP_PASSWORD_FILE"),
            (["PLACET_SMTP_PASSWORD_FILE": "/dev/null"], "PLACET_SMTP_PASSWORD_FILE"),
            (["PLACET_SMTP_PASSWORD": "hunter2", "PLACET_SMTP_CA_FILE": "/nowhere"], "PLACET_SMTP_CA_FILE"),
        ]
    )
    func refused(settings: [String: String], name: String) {
        let error = #expect(throws: ConfigurationError.self) { try configuration(settings) }
        #expect(error?.description.contains(name) == true && error?.description.contains("hunter2") == false)
    }

    @Test(
        "what belongs to a server that is not named is refused",
        arguments: ["FROM", "PASSWORD", "PASSWORD_FILE", "CA_FILE"]
    )
    func alone(name: String) {
        let error = #expect(throws: ConfigurationError.self) {
            try ServerConfiguration(arguments: [:], environment: ["PLACET_SMTP_\(name)": "x"])
        }
        #expect(error?.description.contains("PLACET_SMTP_\(name)") == true)
    }
}
