import Testing

@testable import Mail

@Suite("Mails as bytes")
struct MessageTests {
    private static let placet = MailAddress("placet@example.org", name: "Placet")!

    private func mail(
        to: MailAddress = MailAddress("ana@example.net")!,
        subject: String = "Deploy?",
        text: String = "Deploy?",
        inReplyTo: String? = nil
    ) -> MailMessage {
        MailMessage(
            from: Self.placet,
            to: to,
            subject: subject,
            text: text,
            messageID: "msg_1@example.org",
            inReplyTo: inReplyTo,
            date: 1_795_746_660
        )
    }

    private func lines(_ mail: MailMessage) -> [Substring] {
        String(decoding: mail.bytes(), as: UTF8.self).split(separator: "\r\n", omittingEmptySubsequences: false)
    }

    @Test("a mail says who, to whom, when and about what, and that no person wrote it")
    func headers() {
        #expect(
            lines(mail()) == [
                "Date: Fri, 27 Nov 2026 02:31:00 +0000", "From: Placet <placet@example.org>", "To: <ana@example.net>",
                "Subject: Deploy?", "Message-ID: <msg_1@example.org>", "Auto-Submitted: auto-generated",
                "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8",
                "Content-Transfer-Encoding: quoted-printable", "", "Deploy?", "",
            ]
        )
    }

    @Test("a mail that follows another names it")
    func follows() {
        let lines = lines(mail(inReplyTo: "msg_0@example.org"))
        #expect(lines.contains("In-Reply-To: <msg_0@example.org>") && lines.contains("References: <msg_0@example.org>"))
    }

    @Test("no text begins a header, whatever it holds", arguments: ["\r\n", "\n", "\r", "\u{85}", "\u{2028}", "\r\n "])
    func injection(end: String) {
        let evil = "a\(end)Bcc: <eve@example.net>\(end)\(end)body"
        let mail = MailMessage(
            from: Self.placet,
            to: MailAddress("ana@example.net", name: evil)!,
            subject: evil,
            text: evil,
            messageID: evil,
            inReplyTo: evil,
            date: 0
        )
        let headers = lines(mail).prefix { !$0.isEmpty }
        #expect(!headers.contains { $0.hasPrefix("Bcc") || $0.hasPrefix("body") || $0.contains("\n") })
        #expect(headers.filter { !$0.hasPrefix(" ") }.count == 11)
        #expect(mail.bytes().allSatisfy { (0x20..<0x7F).contains($0) || $0 == 0x0D || $0 == 0x0A })
    }

    @Test("a subject of another script is in words of 75 letters at most, none of which cuts a character")
    func encodedWords() {
        let subject = String(repeating: "Überprüfen 日本 👍🏽 ", count: 12)
        let lines = lines(mail(subject: subject))
        let start = lines.firstIndex { $0.hasPrefix("Subject:") }!
        let words = lines[start...].prefix { $0.hasPrefix("Subject:") || $0.hasPrefix(" ") }
        #expect(words.count > 5 && words.allSatisfy { $0.utf8.count <= 76 })
        // Of "Ü" the first bytes; whole scalars have lengths that are known.
        #expect(words.first!.hasPrefix("Subject: =?utf-8?B?w5xiZXJwcsO8ZmVu"))
        #expect(words.allSatisfy { $0.hasSuffix("?=") })
    }

    @Test("what looks like an encoded word is sent so that it is shown as it is")
    func lookalike() {
        #expect(lines(mail(subject: "=?utf-8?B?QQ==?=")).contains("Subject: =?utf-8?B?PT91dGYtOD9CP1FRPT0/PQ==?="))
    }

    @Test(
        "texts go in short lines of ASCII",
        arguments: [
            ("a\nb\r\nc", "a\r\nb\r\nc\r\n"), ("a = b", "a =3D b\r\n"), ("ü", "=C3=BC\r\n"), ("a ", "a=20\r\n"),
            ("From here\nFromage", "=46rom here\r\nFromage\r\n"), (".", ".\r\n"), ("\u{0}", "=00\r\n"), ("", ""),
            (String(repeating: "x", count: 80), String(repeating: "x", count: 75) + "=\r\nxxxxx\r\n"),
        ]
    )
    func quotedPrintable(text: String, bytes: String) {
        #expect(String(decoding: QuotedPrintable.bytes(of: text), as: UTF8.self) == bytes)
    }

    @Test(
        "an address that would need quoting is none",
        arguments: [
            "", "ana", "@example.org", "ana@", "a@b@c", "a b@example.org", "a,b@example.org", "a>@example.org",
            "\"a\"@example.org", "a\r\n@example.org", ".a@example.org", "a..b@example.org", "a@exa mple.org",
            "a@example.org>", "a\u{0}@example.org", String(repeating: "a", count: 250) + "@b.org",
        ]
    )
    func addresses(text: String) {
        #expect(MailAddress(text) == nil)
        #expect(MailAddress(text: "Ana <\(text)>") == nil)
    }

    @Test("an address may have a name before it")
    func names() {
        #expect(MailAddress(text: "ana@example.org") == MailAddress("ana@example.org"))
        #expect(MailAddress(text: "Ana  Ö <ana+x@example.org>") == MailAddress("ana+x@example.org", name: "Ana Ö"))
        #expect(MailAddress("münchen@例え.jp")?.domain == "例え.jp")
    }
}
