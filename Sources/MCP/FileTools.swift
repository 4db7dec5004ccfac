import API
import HTTP
import HTTPTypes
import JSON

extension Tools {
    /// Stores a short text; or gives an address for anything else, so that no bytes go through the model.
    func attach(_ arguments: Arguments) async throws -> ToolResult {
        let (name, text, channel) = try arguments.read { fields in
            (
                fields.string("name", length: Limits.givenFilename),
                fields.optionalString("text", length: 0...Limits.mcpText),
                fields.optionalString("channel", length: Limits.id)
            )
        }
        var body: JSONObject = ["filename": .string(name)]
        body["channelId"] = channel.map(JSONValue.string)
        guard let text else {
            let token = try await api.ask(.post, "files", "upload-addresses", body: body)
            return ToolResult(JSONObject(token, ["uploadUrl": "url", "expiresAt": "expiresAt"]))
        }
        body["content"] = .string(text)
        let file = try await api.ask(.post, "files", "store-text", body: body)
        let names: KeyValuePairs = [
            "id": "id", "name": "filename", "type": "mimeType", "size": "size", "sha256": "sha256",
        ]
        return ToolResult(JSONObject(file, names), links: [api.link(to: file)])
    }

    func listFiles(_ arguments: Arguments) async throws -> ToolResult {
        let (channel, limit, cursor) = try arguments.read { fields in
            (
                fields.optionalString("channel", length: Limits.id), fields.optionalInteger("limit") ?? 10,
                fields.optionalString("cursor")
            )
        }
        // One more tells whether any follow.
        let most = Int(min(max(limit, 1), 50))
        let query: KeyValuePairs = ["channel": channel, "limit": "\(most + 1)", "cursor": cursor]
        let found = try await api.ask(.get, "files", query: query).elements
        let files = found.prefix(most)
        let shown = files.map { JSONObject($0, ["id": "id", "name": "filename", "type": "mimeType", "size": "size"]) }
        var members: JSONObject = ["files": .array(shown.map(JSONValue.object))]
        if found.count > most { members["next"] = files.last?["id"] }
        return ToolResult(members, links: files.map(api.link))
    }
}

/// Which part of a file a model wants to read.
private struct Part {
    let id: String
    let facts: Bool
    let from: Int64?
    let count: Int64?
    let tail: Int64?
    let grep: String?
    let regex: Bool?

    init(_ fields: inout JSONFields) {
        id = fields.string("id", length: Limits.id)
        facts = fields.optionalBool("facts") ?? false
        from = fields.optionalInteger("from")
        count = fields.optionalInteger("count")
        tail = fields.optionalInteger("tail")
        grep = fields.optionalString("grep")
        regex = fields.optionalBool("regex")
    }

    /// As the API takes it. A search counts what is found by another name.
    var query: KeyValuePairs<String, String?> {
        let most = "\(min(count ?? 100, 500))"
        if let grep {
            return ["grep": grep, "regex": regex.map { "\($0)" }, "from": from.map { "\($0)" }, "limit": most]
        }
        if let tail { return ["tail": "\(min(tail, 500))"] }
        return ["from": from.map { "\($0)" }, "count": most]
    }
}

extension Tools {
    func readFile(_ arguments: Arguments) async throws -> ToolResult {
        let part = try arguments.read { Part(&$0) }
        if part.facts {
            let file = try await api.ask(.get, "files", part.id, query: ["facts": "true"])
            return ToolResult(["file": file], links: [api.link(to: file)])
        }
        let page = try await api.ask(.get, "files", part.id, "lines", query: part.query)
        return ToolResult(
            Self.text(of: page, isNumbered: part.grep != nil, isTail: part.tail != nil && part.grep == nil)
        )
    }

    /// The lines of a page as one text of a bounded size, where to go on, and how many lines there are in all. Of a tail
    /// that is too long the beginning is left out.
    private static func text(of page: JSONValue, isNumbered: Bool, isTail: Bool) -> JSONObject {
        var members = JSONObject(page, ["next": "next", "total": "total"])
        var (shown, size) = ([String](), 0)
        let lines = page["lines"]?.elements ?? []
        for line in isTail ? lines.reversed() : lines {
            let number = isNumbered ? (line["number"].map { "\($0.encoded()): " } ?? "") : ""
            let text = number + (line["text"]?.text ?? "") + (line["cut"] == nil ? "" : " …") + "\n"
            size += text.utf8.count
            guard shown.isEmpty || size <= Limits.mcpRead else {
                if !isTail { members["next"] = line["number"] }
                break
            }
            shown.append(text)
        }
        members["text"] = .string((isTail ? shown.reversed() : shown).joined())
        return members
    }
}
