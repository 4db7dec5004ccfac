import API
import Index
import JSON

/// A notice on its way to a topic of ntfy, published as JSON, so that no text can become a header.
struct NtfyNotice {
    let text: NoticeText
    /// Nil when nobody has said under which address people reach the server.
    let link: String?

    /// - Throws: a final ``AttemptFailure`` when the topic's URL cannot be used.
    func request(to way: NoticeWay) throws -> NoticeRequest {
        guard let url = way.url, let slash = url.lastIndex(of: "/"),
            let target = try? WebhookTarget(String(url[...slash]))
        else { throw AttemptFailure("The URL of the topic cannot be used; set it anew", isFinal: true) }
        var headers = ["content-type": "application/json"]
        if let token = way.token { headers["authorization"] = "Bearer \(token)" }
        let message = Publication(
            topic: String(url[url.index(after: slash)...]),
            title: text.title,
            message: text.body,
            priority: text.isSettled ? 1 : text.isUrgent ? 4 : 3,
            sequenceID: text.tag,
            click: link,
            actions: link.map { [Publication.Action(url: $0)] } ?? []
        )
        return NoticeRequest(target: target, headers: headers, body: try JSONText.bytes(of: message))
    }

    /// What ntfy calls "publish as JSON". A later publication with the same sequence replaces what is shown.
    private struct Publication: Encodable {
        struct Action: Encodable {
            let action = "view"
            let label = "Open"
            let url: String

            private enum CodingKeys: String, CodingKey { case action, label, url }
        }

        let topic: String
        let title: String
        let message: String
        let priority: Int
        let sequenceID: String
        let click: String?
        let actions: [Action]

        private enum CodingKeys: String, CodingKey {
            case topic, title, message, priority, click, actions
            case sequenceID = "sequence_id"
        }
    }
}
