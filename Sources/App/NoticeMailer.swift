import API
import FoundationEssentials
import Mail
import NIOPosix
import Notices

/// Sends notices as mails, for `Notices`.
struct NoticeMailer: NoticeMailing {
    private let from: MailAddress
    private let sender: MailSender

    init(_ settings: MailSettings) {
        from = settings.from
        // Nothing else of ours blocks on these threads.
        sender = MailSender(settings: settings, threads: .singleton)
    }

    func send(to address: String, subject: String, text: String, threadID: String, settled: Bool) async throws {
        guard let to = MailAddress(address) else {
            throw AttemptFailure("The address has characters that would need quotes in a mail", isFinal: true)
        }
        let message = MailMessage(
            from: from,
            to: to,
            subject: subject,
            text: text,
            // Mailboxes drop a second mail with the id of a first: a reminder is not its question.
            messageID: "\(UUID()).\(threadID)@\(from.domain)",
            // They show all that follow the same mail together, also when nobody has that mail.
            inReplyTo: "\(threadID)@\(from.domain)",
            date: Int(Date().timeIntervalSince1970)
        )
        do {
            try await sender.send(message)
        } catch {
            throw AttemptFailure(error.reason, isFinal: error.isFinal)
        }
    }
}
