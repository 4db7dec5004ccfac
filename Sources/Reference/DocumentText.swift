import CAssets
import JSON

/// The texts in `Sources/CAssets/OpenAPI`. Each is the part of an OpenAPI document about one resource. Beyond OpenAPI
/// they may have:
///
/// - A `description` that is an array of lines. An empty line begins a paragraph.
/// - `{{name}}` for a number, one of ``Figures``. A string of nothing else becomes the number itself.
/// - `$like` in a path, which names another path that it is like. The other members are the differences, as a JSON
///   Merge Patch (RFC 7396), in which null removes a member.
///
/// They leave out what ``Document`` completes.
enum DocumentText {
    static let names = [
        "account-schemas", "accounts", "admin", "agent-schemas", "agents", "archives", "audit", "avatars",
        "conventions", "conversations", "downloads", "entries", "errors", "events", "file-schemas", "files", "lines",
        "markdown", "message-schemas", "messages", "notifications", "plugins", "preferences", "raw-uploads",
        "resumable-uploads", "review-schemas", "reviews", "sign-in", "status", "streams", "user-agents", "user-files",
        "user-plugins", "webhooks",
    ]

    static func text(_ name: String) throws -> JSONValue {
        try JSONValue(parsing: Asset("OpenAPI/\(name).json").buffer)
    }

    /// All texts as one, with their own notation resolved.
    ///
    /// - Throws: ``DocumentDefect``, or what the JSON of a text throws.
    static func merged() throws -> JSONValue {
        var all = JSONValue.object([:])
        for name in names { all = try all.merged(with: try text(name)) }
        for (path, item) in all["paths"]?.members ?? [:] {
            guard let like = item["$like"]?.text else { continue }
            guard let original = all["paths"]?[like] else { throw DocumentDefect.unknownPath(like) }
            var differences = item
            differences["$like"] = nil
            all["paths"]?[path] = original.patched(with: differences)
        }
        return try all.withJoinedDescriptions.withFigures(Figures.all)
    }
}

/// What is wrong with the texts. All of it shows when the server starts.
enum DocumentDefect: Error {
    /// Two of them say something about the same thing.
    case conflict(JSONValue, JSONValue)
    case unknownFigure(String)
    case unknownPath(String)
}

extension Asset {
    var buffer: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: bytes, count: count) }
}

extension JSONValue {
    /// The members of both. What both have must be objects, which are merged in turn.
    ///
    /// - Throws: ``DocumentDefect/conflict(_:_:)``.
    fileprivate func merged(with other: JSONValue) throws -> JSONValue {
        guard case .object(let left) = self, case .object(let right) = other else {
            throw DocumentDefect.conflict(self, other)
        }
        return .object(try left.merging(right) { try $0.merged(with: $1) })
    }

    /// A merge patch applied (RFC 7396 section 2).
    fileprivate func patched(with patch: JSONValue) -> JSONValue {
        guard case .object(let changes) = patch else { return patch }
        var members = members
        for (name, change) in changes {
            members[name] = change == .null ? nil : (members[name] ?? .null).patched(with: change)
        }
        return .object(members)
    }

    /// The same, with the lines of each description joined to paragraphs.
    fileprivate var withJoinedDescriptions: JSONValue {
        switch self {
        case .array(let elements):
            return .array(elements.map(\.withJoinedDescriptions))
        case .object(var members):
            if case .array(let lines)? = members["description"] {
                let paragraphs = lines.compactMap(\.text).split(separator: "").map { $0.joined(separator: " ") }
                members["description"] = .string(paragraphs.joined(separator: "\n\n"))
            }
            return .object(members.mapValues(\.withJoinedDescriptions))
        case .null, .bool, .integer, .number, .string:
            return self
        }
    }

    /// The same, with numbers in place of their names.
    ///
    /// - Throws: ``DocumentDefect/unknownFigure(_:)``.
    func withFigures(_ figures: [String: String]) throws -> JSONValue {
        switch self {
        case .array(let elements):
            return .array(try elements.map { try $0.withFigures(figures) })
        case .object(let members):
            return .object(try members.mapValues { try $0.withFigures(figures) })
        case .string(let text):
            guard text.contains("{{") else { return self }
            if let name = text.wholeMatch(of: Figures.placeholder)?.1 {
                guard let value = figures[String(name)].flatMap({ Int64($0) }) else {
                    throw DocumentDefect.unknownFigure(text)
                }
                return .integer(value)
            }
            return .string(
                try text.replacing(Figures.placeholder) { match in
                    guard let value = figures[String(match.1)] else { throw DocumentDefect.unknownFigure(text) }
                    return value
                }
            )
        case .null, .bool, .integer, .number:
            return self
        }
    }
}
