import API
import Index
import JSON

/// What a notice says, whichever way it goes. It has no attachment, and nothing of the question if its owner wants that.
struct NoticeText: Sendable, Equatable {
    /// An answer that can be given on the notice itself.
    struct Action: Sendable, Equatable, Encodable {
        let id: String
        let label: String
    }

    /// What is shown of a text, in characters. A notice for a browser has to fit into 4 KB, whatever the alphabet.
    private static let longestBody = 240
    private static let longestName = 60
    private static let longestLabel = 40
    /// Browsers show no more.
    private static let mostActions = 2

    var title: String
    var body: String
    /// The page of the dashboard that it leads to.
    var path = "/inbox"
    /// The same for all that is told of one message, so that the last replaces the others.
    var tag = "digest"
    var messageID: Message.ID?
    /// Of the review, for an answer.
    var digest: String?
    var actions: [Action] = []
    /// Whether an answer may do harm.
    var isDanger = false
    var isSettled = false
    var isUrgent = false
    var expiresAt: Timestamp?

    /// What is told of a message that is there.
    init(_ message: MessageWithParts, from agent: Agent, _ kind: Notice.Kind, _ settings: NoticeSettings) {
        let name = agent.name.shortened(to: Self.longestName)
        title =
            switch kind {
            case .question, .settled: "\(name) asks"
            case .reminder: "\(name) still waits"
            case .problem: "\(name) reports \(message.message.status == .warning ? "a warning" : "an error")"
            case .message: "\(name) says"
            }
        body = settings.hidesText ? "" : message.message.text?.shortened(to: Self.longestBody) ?? ""
        (messageID, tag) = (message.id, message.id.rawValue)
        path = "/channels/\(agent.id)"
        guard let review = message.review else { return }
        path = "/inbox/pending/\(message.id)"
        (digest, expiresAt, isUrgent) = (review.digest, review.expiresAt, true)
        let options = Self.options(of: review)
        isDanger = options.contains(where: \.isDanger)
        // Nobody should answer what he has not read.
        if !settings.hidesText {
            actions = options.filter { !$0.isDanger && !$0.hasFields }.prefix(Self.mostActions).map(\.action)
        }
    }

    /// What became of a question that was told before.
    init(settled message: MessageWithParts, from agent: Agent, _ settings: NoticeSettings, _ clock: WallClock) {
        self.init(message, from: agent, .settled, settings)
        (actions, isDanger, isUrgent, isSettled, digest) = ([], false, false, true, nil)
        guard let review = message.review else { return }
        guard let at = review.completedAt, let responder = review.respondedBy else {
            path = "/inbox/expired/\(message.id)"
            body = "Expired at \(clock.time(of: review.expiresAt))"
            return
        }
        path = "/inbox/answered/\(message.id)"
        let chosen = settings.hidesText ? nil : Self.chosen(in: review)
        let by = "by \(responder.name.shortened(to: Self.longestName)) at \(clock.time(of: at))"
        body = chosen.map { "“\($0)” \(by)" } ?? "Answered \(by)"
    }

    /// The same for a message that is gone.
    init(withdrawn messageID: Message.ID) {
        (title, body, tag, isSettled) = ("Withdrawn", "This question is not asked any more", messageID.rawValue, true)
    }

    /// Several notices as one.
    init(_ counts: ClaimedNotice.Digest, isSettled: Bool) {
        let questions = counts.questions == 1 ? "1 question waits" : "\(counts.questions) questions wait"
        let messages = counts.others == 1 ? "1 message came" : "\(counts.others) messages came"
        title = counts.questions > 0 ? questions : counts.others > 0 ? messages : "No question waits any more"
        body = counts.questions > 0 && counts.others > 0 ? messages : ""
        self.isSettled = isSettled
        isUrgent = counts.questions > 0 && !isSettled
    }

    /// What a test says.
    static let test: NoticeText = {
        var text = NoticeText(ClaimedNotice.Digest(questions: 0, others: 0), isSettled: false)
        (text.title, text.body, text.tag) = ("Placet", "This is a test. Notices arrive here.", "test")
        return text
    }()
}

extension NoticeText {
    private struct Option {
        let action: Action
        let isDanger: Bool
        let hasFields: Bool
    }

    /// The options of an approval, the only kind that one tap can answer. Those that do not fit on a button are left out.
    private static func options(of review: Review) -> [Option] {
        guard review.type == "approval", let payload = review.payloadJSON.flatMap({ try? JSONValue(text: $0) }) else {
            return []
        }
        return (payload["options"]?.elements ?? []).compactMap { option in
            guard let id = option["id"]?.text, id.utf8.count <= 100 else { return nil }
            let label = (option["label"]?.text ?? id).shortened(to: longestLabel)
            return Option(
                action: Action(id: id, label: label),
                isDanger: option["style"] == .string("danger"),
                hasFields: option["fields"]?.elements.isEmpty == false
            )
        }
    }

    /// The label of the option that was chosen.
    private static func chosen(in review: Review) -> String? {
        guard let response = review.responseJSON.flatMap({ try? JSONValue(text: $0) }),
            let id = response["selectedOption"]?.text
        else { return nil }
        return options(of: review).first { $0.action.id == id }?.action.label
    }
}

extension String {
    /// The text on one line, at most so many characters long.
    fileprivate func shortened(to count: Int) -> String {
        // More is not looked at: a text may have 8 MiB.
        let line = unicodeScalars.prefix(4 * count).split { $0.properties.isWhitespace || $0.value < 0x20 }
            .map { String($0) }.joined(separator: " ")
        // By code points: one character may have any number of them.
        return line.unicodeScalars.count <= count ? line : String(line.unicodeScalars.prefix(count - 1)) + "…"
    }
}
