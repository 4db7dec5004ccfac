import NIOPosix
import Synchronization
import Testing

@testable import Mail

@Suite("Sending mails")
struct SenderTests {
    private func send(
        to server: SMTPServer,
        user: String? = nil,
        password: String? = nil,
        text: String = "Deploy?"
    ) async throws {
        let host = user.map { "\($0)@127.0.0.1" } ?? "127.0.0.1"
        let from = MailAddress("placet@example.org", name: "Placet")!
        let settings = try MailSettings(url: "smtp://\(host):\(server.port)", password: password, from: from)
        let sender = MailSender(settings: settings, threads: .singleton)
        let to = MailAddress("ana@example.net")!
        try await sender.send(
            MailMessage(from: from, to: to, subject: "Deploy?", text: text, messageID: "m@example.org", date: 0)
        )
    }

    private func failure(_ answers: SMTPServer.Answers, password: String? = nil) async throws -> MailFailure? {
        try await SMTPServer.with(answers) { server in
            await #expect(throws: MailFailure.self) {
                try await send(to: server, user: password.map { _ in "ana" }, password: password)
            }
        }
    }

    @Test("the server gets the mail byte by byte, and lines that begin with a dot stay what they are")
    func sends() async throws {
        try await SMTPServer.with { server in
            try await send(to: server, text: ".\n..\nend")
            let lines = server.lines
            #expect(lines.contains("MAIL FROM:<placet@example.org>") && lines.contains("RCPT TO:<ana@example.net>"))
            let body = lines.drop { $0 != "" }.dropFirst().prefix { $0 != "." }
            #expect(Array(body) == ["..", "...", "end"])
            #expect(!lines.contains { $0.hasPrefix("AUTH") })
        }
    }

    @Test("user and password are shown to a server on this machine without TLS")
    func authenticates() async throws {
        try await SMTPServer.with { server in
            try await send(to: server, user: "ana", password: "secret")
            // "\0ana\0secret"
            #expect(server.lines.contains("AGFuYQBzZWNyZXQ="))
        }
    }

    @Test(
        "a refusal for good is final and has the server's words; one for now is not",
        arguments: ["MAIL", "RCPT", "DATA", "."]
    )
    func refusals(command: String) async throws {
        let final = try #require(try await failure([command: "550 5.1.1 no such user \u{1B}[31m"]))
        #expect(final.isFinal && final.reason.contains("550 5.1.1 no such user ?[31m"))
        let passing = try #require(try await failure([command: "451 4.7.1 greylisted"]))
        #expect(!passing.isFinal && passing.reason.contains("451 4.7.1 greylisted"))
    }

    @Test("a wrong password is not the mail's fault, and is not told")
    func deniedLogin() async throws {
        let failure = try #require(
            try await failure(["AGFu": "535 5.7.8 wrong user or password"], password: "secret")
        )
        #expect(!failure.isFinal && failure.reason.contains("535") && !failure.reason.contains("secret"))
    }

    @Test("no server is not final")
    func nobody() async throws {
        let server = try await SMTPServer.with { $0 }
        let failure = await #expect(throws: MailFailure.self) { try await send(to: server) }
        #expect(failure?.isFinal == false && failure?.reason.contains("127.0.0.1") == true)
    }

    @Test("to a server elsewhere nothing is said without TLS")
    func needsTLS() async throws {
        try await SMTPServer.with { server in
            let from = MailAddress("placet@example.org")!
            // A name that is this machine's, but not one of those for which TLS may be left out.
            let url = "smtp://ana@mail.localhost:\(server.port)"
            let settings = try MailSettings(url: url, password: "secret", from: from)
            let failure = await #expect(throws: MailFailure.self) {
                try await MailSender(settings: settings, threads: .singleton).send(
                    MailMessage(from: from, to: from, subject: "s", text: "t", messageID: "m@example.org", date: 0)
                )
            }
            #expect(failure?.isFinal == false && failure?.reason.contains("STARTTLS") == true)
            #expect(!server.lines.contains { $0.hasPrefix("AUTH") || $0.hasPrefix("MAIL") })
        }
    }

    @Test("a task that is cancelled ends its mail while the server is silent")
    func cancelled() async throws {
        let (stored, ready) = AsyncStream.makeStream(of: Void.self)
        let sending = Sending()
        let cancel: @Sendable (String) -> Void = { _ in sending.task.withLock { $0?.cancel() } }
        try await SMTPServer.with(["EHLO": ""], onLine: cancel) { server in
            let task = Task {
                for await _ in stored {}
                try await send(to: server)
            }
            sending.task.withLock { $0 = task }
            ready.finish()
            let failure = await #expect(throws: MailFailure.self) { try await task.value }
            // It did not just wait for the end of its time.
            #expect(failure?.isFinal == false && failure?.reason.contains("aborted") == true)
        }
    }

    private final class Sending: Sendable {
        let task = Mutex<Task<Void, any Error>?>(nil)
    }
}
