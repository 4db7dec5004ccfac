import Glibc

/// A mail of plain text (RFC 5322), to one recipient, with no attachment. Whatever its texts hold, they end no header
/// and begin none.
package struct MailMessage: Sendable {
    package let from: MailAddress
    package let to: MailAddress
    package let subject: String
    package let text: String
    /// `left@right`, without angle brackets. A mail that is sent again keeps it, so that mailboxes may know it again.
    package let messageID: String
    /// The `messageID` of the mail that this one follows, beside which it is shown.
    package let inReplyTo: String?
    /// Seconds since 1970.
    package let date: Int

    package init(
        from: MailAddress,
        to: MailAddress,
        subject: String,
        text: String,
        messageID: String,
        inReplyTo: String? = nil,
        date: Int
    ) {
        self.from = from
        self.to = to
        self.subject = subject
        self.text = text
        self.messageID = messageID
        self.inReplyTo = inReplyTo
        self.date = date
    }

    /// As it goes over the wire, but for the dots at the beginnings of lines, which are the transport's.
    package func bytes() -> [UInt8] {
        var headers = [
            "Date: \(Self.text(of: date))", "From: \(HeaderText.mailbox(from))", "To: \(HeaderText.mailbox(to))",
            "Subject: \(HeaderText.unstructured(subject, after: "Subject: ".count))",
            "Message-ID: \(Self.identifier(messageID))",
        ]
        if let inReplyTo {
            headers += ["In-Reply-To: \(Self.identifier(inReplyTo))", "References: \(Self.identifier(inReplyTo))"]
        }
        headers += [
            // RFC 3834: no holiday notice answers it.
            "Auto-Submitted: auto-generated", "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: quoted-printable",
        ]
        return Array((headers.joined(separator: "\r\n") + "\r\n\r\n").utf8) + QuotedPrintable.bytes(of: text)
    }

    /// Other characters than an id may have without quotes become a line.
    private static func identifier(_ id: String) -> String {
        "<" + String(id.map { $0.isASCII && ($0.isLetter || $0.isNumber || "@.-_+=".contains($0)) ? $0 : "_" }) + ">"
    }

    /// Nothing here sets a locale, so the names are the English ones that the format wants.
    private static func text(of date: Int) -> String {
        var (seconds, parts) = (time_t(date), tm())
        gmtime_r(&seconds, &parts)
        return String(unsafeUninitializedCapacity: 64) { room in
            room.withMemoryRebound(to: CChar.self) {
                strftime($0.baseAddress!, $0.count, "%a, %d %b %Y %H:%M:%S +0000", &parts)
            }
        }
    }
}
