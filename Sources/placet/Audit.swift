import App
import ArgumentParser
import HTTP
import JSON

/// `placet audit`: who did what, for the operator.
struct Audit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the audit log, the newest entries first.",
        discussion: "With --json every entry is a line of JSON, and all are shown unless --limit says otherwise."
    )

    @Option(help: "Only of this user: an email, or the id of one who is gone.")
    var user: String?

    @Option(help: "Only of this channel.")
    var channel: String?

    @Option(help: "Only about this file, message, key, session, user or run.")
    var subject: String?

    @Option(help: "Only this action, such as file.downloaded.")
    var action: String?

    @Option(help: "Only from this time on: 2026-11-23T22:14:01.123Z.")
    var since: String?

    @Option(help: "Only before this time.")
    var until: String?

    @Option(help: "How many entries (default 50 without --json).")
    var limit: Int?

    @Flag(help: "Print a line of JSON for each entry.")
    var json = false

    @OptionGroup var storage: StorageOption

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit must be at least 1.") }
    }

    func run() async throws {
        var left = limit ?? (json ? .max : 50)
        var rows: [[String]] = []
        var cursor: String?
        repeat {
            let bytes = try await ControlClient.bytes(.get, path(cursor, left), storage: storage)
            let page = try JSONValue(parsing: Array(bytes))
            let entries = (page["data"]?.elements ?? []).prefix(left)
            left -= entries.count
            cursor = page["nextCursor"]?.text
            if json {
                for entry in entries { try sayExactly(entry.encoded()) }
            } else {
                rows += entries.map(\.row)
            }
        } while cursor != nil && left > 0
        if !json { try say(table(["TIME", "ACTION", "BY", "VIA", "CHANNEL", "SUBJECT", "ADDRESS"], rows)) }
    }

    /// A page has as many entries as the server likes, unless few are wanted.
    private func path(_ cursor: String?, _ left: Int) -> String {
        let given = [
            ("user", user), ("channel", channel), ("subject", subject), ("action", action), ("since", since),
            ("until", until), ("cursor", cursor), ("limit", left <= PageRequest.maxLimit ? "\(left)" : nil),
        ]
        let query = given.compactMap { name, value in value.map { "\(name)=\($0.percentEncoded)" } }
        return "audit?" + query.joined(separator: "&")
    }
}

extension JSONValue {
    /// An entry as a row of the table.
    fileprivate var row: [String] {
        let who = self["userEmail"]?.text ?? self["userId"]?.text
        let values = [self["at"]?.text, self["action"]?.text, who, self["via"]?.text]
        let others = ["channelId", "subject", "address"].map { self[$0]?.text }
        return (values + others).map { $0 ?? "-" }
    }
}
