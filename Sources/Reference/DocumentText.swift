import CAssets
import JSON

/// The texts in `Sources/CAssets/OpenAPI`, each a part of an OpenAPI document about its own resource. Besides what OpenAPI
/// has there is in them:
///
/// - A `description` may be an array of lines, and an empty line begins a paragraph.
/// - `{{name}}` stands for a number, one of ``Figures``. A string that is nothing else becomes the number itself.
/// - `$like` in a path item names the path that it is like; the other members are the differences, as a JSON Merge Patch
///   (RFC 7396), in which null takes a member away.
/// - Left out is what ``Document`` completes: who may call, the body of errors, answers that any route may give.
enum DocumentText {
    static let names = [
        "account-schemas", "accounts", "agent-schemas", "agents", "archives", "avatars", "conventions", "conversations",
        "downloads", "errors", "events", "file-schemas", "files", "message-schemas", "messages", "plugins",
        "preferences",
        "review-schemas", "reviews", "sign-in", "status", "streams", "user-agents", "user-files", "user-plugins",
        "webhooks",
    ]

    static func text(_ name: String) throws -> JSONValue {
        try JSONValue(parsing: Asset("OpenAPI/\(name).json").buffer)
    }

    /// All of them as one.
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

/// What is wrong with the texts.
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
    /// The members of both; what is in both must be objects, which are merged.
    fileprivate func merged(with other: JSONValue) throws -> JSONValue {
        guard case .object(let left) = self, case .object(let right) = other else {
            throw DocumentDefect.conflict(self, other)
        }
        return .object(try left.merging(right) { try $0.merged(with: $1) })
    }

    /// RFC 7396 section 2.
    fileprivate func patched(with patch: JSONValue) -> JSONValue {
        guard case .object(let changes) = patch else { return patch }
        var members = members
        for (name, change) in changes {
            members[name] = change == .null ? nil : (members[name] ?? .null).patched(with: change)
        }
        return .object(members)
    }

    /// The same with descriptions that are arrays of lines joined to one text.
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

    /// The same with numbers in place of their names.
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
