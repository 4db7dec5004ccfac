import HTTP
import JSON

/// Finds the examples of the document.
struct Example {
    let document: Document

    init(_ document: Document) { self.document = document }

    /// The example of the request's body, if there is one.
    func body(of operation: JSONValue) -> JSONValue? {
        operation["requestBody"]?["content"]?.members.values.first.flatMap(value)
    }

    /// The example of the first answer that means success, if there is one.
    func answer(of operation: JSONValue) -> JSONValue? {
        let success = (operation["responses"]?.members ?? [:]).filter { $0.key.hasPrefix("2") }
        return success.min { $0.key < $1.key }?.value["content"]?.members.values.first.flatMap(value)
    }

    /// The example of a media type, or that of its schema.
    private func value(_ media: JSONValue) -> JSONValue? {
        if let example = media["example"] { return example }
        let named = (media["examples"]?.members ?? [:]).min { $0.key < $1.key }
        if let named { return document.resolved(named.value)["value"] }
        return media["schema"].map(document.resolved)?["examples"]?.elements.first
    }
}

/// An operation as a curl command that works when it is pasted into a shell with a key in `$PLACET_KEY`. Commands for
/// users need no key: they use the cookies that signing in leaves in `cookies.txt`.
struct CurlCommand {
    let text: String

    init(_ view: OperationView, _ document: Document) throws {
        let parameters = view.parameters(document).filter { $0["required"] == .bool(true) || $0["example"] != nil }
        var path = view.path
        for parameter in parameters where parameter["in"] == .string("path") {
            path.replace("{\(parameter["name"]?.text ?? "")}", with: Self.plain(parameter["example"]))
        }
        let query = parameters.filter { $0["in"] == .string("query") }.map { parameter in
            "\(parameter["name"]?.text ?? "")=\(Self.plain(parameter["example"]))"
        }
        if !query.isEmpty { path += "?" + query.joined(separator: "&") }
        let flag =
            switch view.method {
            case "get": ""
            case "head": " --head"
            default: " -X \(view.method.uppercased())"
            }
        var words = ["curl\(flag) \(Self.quoted("http://127.0.0.1:3001\(path)"))"]
        if view.operation["security"] == nil { words.append("-H \"x-api-key: $PLACET_KEY\"") }
        if view.operation.isForPeople { words.append("-b cookies.txt") }
        for parameter in parameters where parameter["in"] == .string("header") {
            words.append("-H \(Self.quoted("\(parameter["name"]?.text ?? ""): \(Self.plain(parameter["example"]))"))")
        }
        if Self.setsCookie(view.operation) { words.append("-c cookies.txt") }
        if let file = Self.answeredFile(view.operation) { words.append("-o \(file)") }
        words += try Self.body(of: view.operation, document)
        text = words.joined(separator: " \\\n  ")
    }

    private static func setsCookie(_ operation: JSONValue) -> Bool {
        (operation["responses"]?.members ?? [:]).values.contains { $0["headers"]?["Set-Cookie"] != nil }
    }

    /// Where to put an answer that is no text, which curl would not print on a terminal.
    private static func answeredFile(_ operation: JSONValue) -> String? {
        let content = operation["responses"]?["200"]?["content"]
        if content?["application/zip"] != nil { return "files.zip" }
        return content?["image/*"] == nil ? nil : "picture"
    }

    /// The options that send the example: as JSON, as the fields of a form with a file, or as it is.
    private static func body(of operation: JSONValue, _ document: Document) throws -> [String] {
        guard let example = Example(document).body(of: operation) else { return [] }
        let kind = operation["requestBody"]?["content"]?.members.keys.first ?? ""
        if kind.hasSuffix("octet-stream") {
            return ["-H \(quoted("Content-Type: \(kind)"))", "--data-binary \(quoted(plain(example)))"]
        }
        guard let form = operation["requestBody"]?["content"]?["multipart/form-data"] else {
            return ["-H 'Content-Type: application/json'", "-d \(quoted(try example.indented("  ")))"]
        }
        let fields = form["schema"].map(document.resolved)?["properties"]
        let file = fields?["file"]?["contentMediaType"] == .string("image/*") ? "picture.gif" : "build.log"
        return example.members.sorted { $0.key < $1.key }.map { name, value in
            name == "file" ? "-F file=@\(file)" : "-F \(quoted("\(name)=\(plain(value))"))"
        }
    }

    private static func plain(_ value: JSONValue?) -> String { value?.text ?? value?.encoded() ?? "" }

    /// For a POSIX shell.
    private static func quoted(_ text: String) -> String { "'\(text.replacing("'", with: "'\\''"))'" }
}
