import HTTP
import JSON

/// One operation on the page.
struct OperationView: Sendable {
    let method: String
    let path: String
    let item: JSONValue
    let operation: JSONValue
    let isWebhook: Bool

    private var anchor: String { operation["operationId"]?.text ?? path }

    private var title: HTML {
        .tag("span", ["class": "method \(method)"], HTML(method.uppercased())) + HTML(" ") + .code(path)
    }

    var link: HTML { .tag("a", ["href": "#\(anchor)"], title) }

    func html(_ document: Document) throws -> HTML {
        let schemas = SchemaView(document: document)
        return .tag(
            "article",
            ["aria-labelledby": anchor],
            .tag("h3", ["id": anchor], title),
            .tag("p", ["class": "summary"], .line(operation["summary"]?.text ?? "")),
            .paragraphs(operation["description"]?.text),
            .joined(try parameters(document).map { try parameter($0, schemas) }).list("Parameters"),
            .joined(try body(schemas)),
            .joined(try answers(document, schemas)).list("Answers"),
            try example(document)
        )
    }

    /// Those of the path, then those of the operation.
    func parameters(_ document: Document) -> [JSONValue] {
        ((item["parameters"]?.elements ?? []) + (operation["parameters"]?.elements ?? [])).map(document.resolved)
    }

    private func parameter(_ parameter: JSONValue, _ schemas: SchemaView) throws -> HTML {
        let isRequired = parameter["required"] == .bool(true)
        let place = parameter["in"]?.text ?? ""
        return try schemas.field(
            parameter["name"]?.text ?? "",
            parameter["schema"] ?? .object([:]),
            place: place == "path" || place == "query" ? place : "\(place) field",
            isRequired: isRequired,
            description: parameter["description"]?.text
        )
    }

    private func body(_ schemas: SchemaView) throws -> [HTML] {
        try (operation["requestBody"]?["content"]?.members ?? [:]).map { type, media in
            try schemas.fields(of: media["schema"] ?? .object([:])).list("Body, \(type)")
        }
    }

    private func answers(_ document: Document, _ schemas: SchemaView) throws -> [HTML] {
        try (operation["responses"]?.members ?? [:]).sorted { $0.key < $1.key }.map { status, reference in
            let answer = document.resolved(reference)
            let types = try (answer["content"]?.members ?? [:]).map { type, media in
                let type = type == "application/json" ? HTML.none : HTML(" ") + .code(type)
                return type + HTML(" ") + (try schemas.type(media["schema"] ?? .object([:])))
            }
            let headers = (answer["headers"]?.members ?? [:]).keys.filter { $0 != "x-request-id" }.sorted()
            return .tag(
                "li",
                [:],
                .tag("strong", [:], HTML(status)),
                .joined(types),
                .paragraphs(answer["description"]?.text),
                headers.isEmpty
                    ? .none
                    : .tag("p", [:], HTML("Headers: "), .joined(headers.map(HTML.code), separator: ", "))
            )
        }
    }

    /// The request as a command, and the answer that it gets. A webhook has only a body: the server sends it.
    private func example(_ document: Document) throws -> HTML {
        if isWebhook {
            guard let example = try Example(document).body(of: operation)?.indented() else { return .none }
            return .block(example, label: "Example of a request")
        }
        let command = try CurlCommand(self, document).text
        let answer = try Example(document).answer(of: operation).map { example in
            HTML.tag(
                "details",
                [:],
                .tag("summary", [:], HTML("Example of an answer")),
                .block(try example.text ?? example.indented(), label: "Example of an answer")
            )
        }
        return .tag("h4", [:], HTML("Example")) + .block(command, label: "Example of a request") + (answer ?? .none)
    }
}

extension HTML {
    /// The items under a heading. Nothing if there are none.
    func list(_ heading: String) -> HTML {
        text.isEmpty ? .none : .tag("h4", [:], HTML(heading)) + .tag("ul", ["class": "fields"], self)
    }
}
