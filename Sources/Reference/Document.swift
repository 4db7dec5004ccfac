import HTTP
import JSON

/// The OpenAPI 3.1 document of this server: the texts of ``DocumentText``, and what goes for every route, so that no
/// text has to repeat it.
struct Document: Sendable {
    let value: JSONValue

    /// - Throws: ``DocumentDefect``, or what the JSON of a text throws.
    init(version: String) throws {
        var document = try DocumentText.merged()
        document["info"]?["version"] = .string(version)
        for (path, item) in document["paths"]?.members ?? [:] {
            document["paths"]?[path] = Self.completed(item, path)
        }
        for (name, answer) in document["components"]?["responses"]?.members ?? [:] {
            document["components"]?["responses"]?[name] = Self.withRequestID(Self.withErrorBody(answer))
        }
        value = document
    }

    /// The methods that a path may have, in the order of the page.
    static let methods = ["get", "head", "options", "post", "put", "patch", "delete"]

    /// A path with what goes for every operation: who may call, the body of errors, the answers in common. What a text
    /// says itself stays.
    private static func completed(_ item: JSONValue, _ path: String) -> JSONValue {
        var item = item
        for method in methods {
            guard var operation = item[method] else { continue }
            operation["security"] = operation["security"] ?? security(of: path)
            var answers: JSONObject = [:]
            for (status, answer) in operation["responses"]?.members ?? [:] {
                let isError = status.hasPrefix("4") || status.hasPrefix("5")
                answers[status] = withRequestID(isError ? withErrorBody(answer) : answer)
            }
            answers = answers.merging(commonAnswers(of: operation, method)) { own, _ in own }
            operation["responses"] = .object(answers)
            item[method] = operation
        }
        return item
    }

    /// Who may call an operation that does not say it. Nil leaves it to the whole document, which asks for an API key.
    private static func security(of path: String) -> JSONValue? {
        if path.hasPrefix("/api/v1/") { return nil }
        guard path.hasPrefix("/api/") else { return .array([]) }
        return .array(["session", "sessionToken"].map { .object([$0: .array([])]) })
    }

    /// The answers that any operation of this kind may give.
    private static func commonAnswers(of operation: JSONValue, _ method: String) -> JSONObject {
        var names = [
            "414": "TargetTooLong", "429": "TooManyRequests", "500": "ServerError", "503": "Unavailable",
        ]
        let isSafe = ["get", "head", "options"].contains(method)
        if operation["security"] == nil {
            names["401"] = "Unauthorized"
            names["403"] = "MissingScope"
        } else if operation.isForPeople {
            if !operation.isForStrangersToo { names["401"] = "NotSignedIn" }
            names["403"] = isSafe ? "PasswordMustChange" : "CrossSite"
        }
        if operation["requestBody"] != nil {
            names["408"] = "RequestTimeout"
            names["413"] = "ContentTooLarge"
            names["415"] = "UnsupportedMediaType"
        }
        if !isSafe { names["507"] = "StorageFull" }
        return JSONObject(names.mapValues { reference("responses/\($0)") })
    }

    /// An answer with the body that all errors have, unless it has one or is a reference.
    private static func withErrorBody(_ answer: JSONValue) -> JSONValue {
        guard answer["$ref"] == nil, answer["content"] == nil else { return answer }
        var answer = answer
        answer["content"] = .object(["application/json": .object(["schema": reference("schemas/Error")])])
        return answer
    }

    /// Every answer has this header; a reference gets it where it leads.
    private static func withRequestID(_ answer: JSONValue) -> JSONValue {
        guard answer["$ref"] == nil else { return answer }
        var answer = answer
        var headers = answer["headers"] ?? .object([:])
        headers["x-request-id"] = reference("headers/requestId")
        answer["headers"] = headers
        return answer
    }

    /// What the server sends, by the name of the event: the callbacks of the operation that sets where to. Programs that
    /// make clients of the document mostly have trouble with `webhooks`.
    var webhooks: JSONValue {
        let callbacks = value["paths"]?["/api/v1/agents/setWebhook"]?["post"]?["callbacks"]?.members ?? [:]
        return .object(callbacks.mapValues { $0["{$request.body#/url}"] ?? .null })
    }

    private static func reference(_ name: String) -> JSONValue {
        .object(["$ref": .string("#/components/\(name)")])
    }

    /// What a value stands for: itself, or what its `$ref` names.
    func resolved(_ value: JSONValue) -> JSONValue {
        guard let reference = value["$ref"]?.text else { return value }
        let target = reference.split(separator: "/").dropFirst().reduce(Optional(self.value)) { $0?[String($1)] }
        return target ?? value
    }
}

extension JSONValue {
    /// Whether an operation needs a session. Agents' operations have no `security` of their own, open ones an empty
    /// one.
    var isForPeople: Bool { self["security"]?.elements.isEmpty == false }
    /// A session is taken, but not asked for.
    var isForStrangersToo: Bool { self["security"]?.elements.contains(.object([:])) == true }
}
