import HTTP
import JSON

/// The OpenAPI 3.1 document of this server.
///
/// Merged from the texts in ``DocumentText`` and completed with what goes for every route, so that no text repeats it.
struct Document: Sendable {
    let value: JSONValue

    init(version: String) throws {
        var document = JSONValue.object([:])
        for text in DocumentText.all { document = try document.merged(with: try JSONValue(text: text)) }
        document = document.withJoinedDescriptions
        document["info"]?["version"] = .string(version)
        for (name, item) in document["paths"]?.members ?? [:] {
            document["paths"]?[name] = Self.completed(item)
        }
        for (name, answer) in document["components"]?["responses"]?.members ?? [:] {
            document["components"]?["responses"]?[name] = Self.withRequestID(answer)
        }
        value = document
    }

    /// The methods a path item may have, in the order of the page.
    static let methods = ["get", "head", "post", "put", "patch", "delete"]

    private static func completed(_ item: JSONValue) -> JSONValue {
        var item = item
        for method in methods {
            guard var operation = item[method] else { continue }
            var answers = (operation["responses"]?.members ?? [:]).mapValues(withRequestID)
            answers.merge(commonAnswers(of: operation, method)) { own, _ in own }
            operation["responses"] = .object(answers)
            item[method] = operation
        }
        return item
    }

    /// What any operation of that kind may be answered with.
    private static func commonAnswers(of operation: JSONValue, _ method: String) -> [String: JSONValue] {
        var names = ["429": "TooManyRequests", "500": "ServerError", "503": "Unavailable"]
        let isSafe = method == "get" || method == "head"
        if operation["security"] == nil {
            names["401"] = "Unauthorized"
        } else if operation.isForPeople {
            names["401"] = "NotSignedIn"
            if !isSafe { names["403"] = "CrossSite" }
        }
        if operation["requestBody"] != nil {
            names["413"] = "ContentTooLarge"
            names["415"] = "UnsupportedMediaType"
        }
        if !isSafe { names["507"] = "StorageFull" }
        return names.mapValues { .object(["$ref": .string("#/components/responses/\($0)")]) }
    }

    private static func withRequestID(_ answer: JSONValue) -> JSONValue {
        guard answer["$ref"] == nil else { return answer }
        var answer = answer
        var headers = answer["headers"] ?? .object([:])
        headers["x-request-id"] = .object(["$ref": .string("#/components/headers/requestId")])
        answer["headers"] = headers
        return answer
    }

    /// What a value stands for: itself, or what its `$ref` names.
    func resolved(_ value: JSONValue) -> JSONValue {
        guard let reference = value["$ref"]?.text else { return value }
        let target = reference.split(separator: "/").dropFirst().reduce(Optional(self.value)) { $0?[String($1)] }
        return target ?? value
    }
}

/// The texts that the document is merged from, each an OpenAPI document of its own resource. A `description` may be an array
/// of lines, and an empty line begins a paragraph.
enum DocumentText {
    static let all = [
        conventions, errors, messages, messageSchemas, streams, reviews, reviewSchemas, files, fileSchemas, downloads,
        archives, peopleFiles, agents, agentSchemas, peopleAgents, avatars, events, webhooks, plugins,
        pluginsOfPeople, signIn, accounts, accountSchemas, preferences, conversations, status,
    ]
}

/// Two texts that say something about the same thing.
struct DocumentConflict: Error {
    let values: [JSONValue]
}

extension JSONValue {
    /// Whether an operation asks for a session: an agent's leaves `security` to the document, an open one empties it.
    var isForPeople: Bool { self["security"]?.elements.isEmpty == false }

    /// The members of both; what is in both must be objects, which are merged.
    fileprivate func merged(with other: JSONValue) throws -> JSONValue {
        guard case .object(let left) = self, case .object(let right) = other else {
            throw DocumentConflict(values: [self, other])
        }
        return .object(try left.merging(right) { try $0.merged(with: $1) })
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
}
