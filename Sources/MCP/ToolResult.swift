import JSON

/// What a tool gives back: as the schema of its output says, and once more as text for clients that read no more.
struct ToolResult {
    private let content: [JSONValue]
    private var structured: JSONObject?
    private var isError = false

    /// - Parameter links: to files, such as ``CallerAPI/link(to:)`` makes.
    init(_ members: JSONObject, links: [JSONValue] = []) {
        content = [.text(JSONValue.object(members).encoded())] + links
        structured = members
    }

    init(content: [JSONValue], isError: Bool) {
        (self.content, self.isError) = (content, isError)
    }

    var members: JSONObject {
        var members: JSONObject = ["content": .array(content), "isError": .bool(isError)]
        members["structuredContent"] = structured.map(JSONValue.object)
        return members
    }
}

extension JSONValue {
    static func text(_ text: String) -> JSONValue {
        .object(["type": .string("text"), "text": .string(text)])
    }
}

extension CallerAPI {
    /// A link to a file, as the API shows one. The key that asks opens it.
    func link(to file: JSONValue) -> JSONValue {
        let id = file["id"]?.text ?? ""
        var link: JSONObject = ["type": .string("resource_link"), "uri": .string(url(ofFile: id))]
        link["name"] = file["filename"]
        link["mimeType"] = file["mimeType"]
        link["size"] = file["size"]
        return .object(link)
    }
}

extension JSONObject {
    /// These members of an object, those that it has, under other names.
    init(_ value: JSONValue, _ names: KeyValuePairs<String, String>) {
        self = [:]
        for (name, own) in names { self[name] = value[own].flatMap { $0 == .null ? nil : $0 } }
    }
}
