import API
import Index

/// Sends one notice by one way: to a browser, to ntfy, or by mail.
struct NoticeTeller: Sendable {
    let index: StoreIndex
    let sender: any NoticeSending
    /// Nil when the operator has set up no mail.
    let mailer: (any NoticeMailing)?
    /// Under which people reach the dashboard, without a slash at the end. Without it notices have no links.
    let publicURL: String?

    /// - Returns: the status of the answer; nil for mail.
    /// - Throws: ``AttemptFailure``; errors of the index.
    func tell(_ text: NoticeText, by way: NoticeWay, now: Timestamp = .now()) async throws -> Int? {
        let link = publicURL.map { $0 + text.path }
        switch way.kind {
        case .push:
            let notice = PushNotice(text: text, key: try await ServerKey(of: index), subject: try await subject())
            return try await sender.send(notice.request(to: way, now: now))
        case .ntfy:
            return try await sender.send(NtfyNotice(text: text, link: link).request(to: way))
        case .email:
            try await mail(text, to: way.userID, link)
            return nil
        }
    }

    private func mail(_ text: NoticeText, to userID: User.ID, _ link: String?) async throws {
        guard let mailer, let user = try await index.read({ try $0.user(id: userID) }) else {
            throw AttemptFailure("No mail is set up on this server", isFinal: true)
        }
        do {
            try await mailer.send(
                to: user.email,
                subject: text.title,
                text: [text.body, link].compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n",
                threadID: text.tag,
                settled: text.isSettled
            )
        } catch let error where !(error is AttemptFailure || error is CancellationError) {
            throw AttemptFailure("The mail could not be sent", isFinal: true)
        }
    }

    /// Whom push services may ask when something is wrong.
    private func subject() async throws -> String {
        if let publicURL { return publicURL }
        return "mailto:" + (try await index.read { try $0.firstOwner()?.email } ?? "nobody@localhost")
    }
}

extension AttemptFailure {
    /// Whether the push service says that the browser has ended its subscription (RFC 8030 section 7.3).
    func isEnd(of way: NoticeWay) -> Bool { way.kind == .push && (status == 404 || status == 410) }
}
