import CAssets
import Crypto
import FoundationEssentials
import HTTP
import JSON

/// The document as a page to read, without scripts and without anything from elsewhere.
struct ReferencePage: Sendable {
    let html: String

    /// Exactly what stands in the style element, because the policy has its hash.
    private static let stylesheet = Asset("Reference/page.css")

    init(_ document: Document) throws {
        html = try Self.html(document)
    }

    /// It allows the one stylesheet, by its hash, and nothing else.
    var contentSecurityPolicy: String {
        let hash = Data(SHA256.hash(data: Data(buffer: Self.stylesheet.buffer))).base64EncodedString()
        return
            "default-src 'none'; style-src 'sha256-\(hash)'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    }

    private static func html(_ document: Document) throws -> String {
        let info = document.value["info"]
        let title = "\(info?["title"]?.text ?? "") API \(info?["version"]?.text ?? "")"
        let sections = Section.all(of: document)
        let schemas = SchemaView(document: document)
        let head = HTML.tag(
            "head",
            [:],
            .void("meta", ["charset": "utf-8"]),
            .void("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
            .tag("title", [:], HTML(title)),
            .tag("style", [:], .verbatim(Self.stylesheet))
        )
        let main = HTML.tag(
            "main",
            ["id": "main"],
            .tag("h1", [:], HTML(title)),
            .tag("p", ["class": "lead"], .line(info?["summary"]?.text ?? "")),
            .paragraphs(info?["description"]?.text),
            .joined(try sections.map { try $0.html(document) }),
            try schemas.all()
        )
        let skip = HTML.tag("a", ["class": "skip", "href": "#main"], HTML("Skip to the content"))
        let body = HTML.tag("body", [:], skip, contents(sections), main)
        return "<!DOCTYPE html>\n" + HTML.tag("html", ["lang": "en"], head, body).text
    }

    private static func contents(_ sections: [Section]) -> HTML {
        let lists = sections.map { section in
            HTML.tag("h2", [:], .tag("a", ["href": "#\(section.anchor)"], HTML(section.name)))
                + .tag("ul", [:], .joined(section.operations.map { .tag("li", [:], $0.link) }))
        }
        let raw = HTML.tag("p", [:], .tag("a", ["href": "/openapi.json"], HTML("openapi.json")))
        let schemas = HTML.tag("h2", [:], .tag("a", ["href": "#schemas"], HTML("Schemas")))
        return .tag("nav", ["aria-label": "Contents"], raw, .joined(lists), schemas)
    }
}

/// The operations of one tag. The webhooks, which are callbacks of an operation, are a section too.
struct Section: Sendable {
    let name: String
    let description: String?
    let operations: [OperationView]

    var anchor: String { "section-" + name.lowercased() }

    /// All sections, in the order of the document's tags; the webhooks come last.
    static func all(of document: Document) -> [Section] {
        let served = operations(in: document.value["paths"], isWebhook: false)
        let tagged = (document.value["tags"]?.elements ?? []).map { tag in
            let name = tag["name"]?.text ?? ""
            return Section(
                name: name,
                description: tag["description"]?.text,
                operations: served.filter { $0.operation["tags"]?.elements.first?.text == name }
            )
        }
        let webhooks = operations(in: document.webhooks, isWebhook: true)
        return tagged + [Section(name: "Webhooks", description: "What the server sends to you.", operations: webhooks)]
    }

    private static func operations(in paths: JSONValue?, isWebhook: Bool) -> [OperationView] {
        (paths?.members ?? [:]).sorted { $0.key < $1.key }.flatMap { path, item in
            Document.methods.compactMap { method in
                item[method].map {
                    OperationView(method: method, path: path, item: item, operation: $0, isWebhook: isWebhook)
                }
            }
        }
    }

    func html(_ document: Document) throws -> HTML {
        .tag(
            "section",
            ["aria-labelledby": anchor],
            .tag("h2", ["id": anchor], HTML(name)),
            .paragraphs(description),
            .joined(try operations.map { try $0.html(document) })
        )
    }
}
