import HTTP
import JSON

/// Schemas in words: types, members and limits.
struct SchemaView: Sendable {
    let document: Document

    /// All named schemas. Each is closed until a reader or a link opens it.
    func all() throws -> HTML {
        let schemas = (document.value["components"]?["schemas"]?.members ?? [:]).sorted { $0.key < $1.key }
        let details = try schemas.map { name, schema in
            let example = try schema["examples"]?.elements.first.map {
                HTML.block(try $0.indented(), label: "Example of \(name)")
            }
            return HTML.tag(
                "details",
                [:],
                .tag("summary", [:], .code(name)),
                // The anchor is inside, so that a link to it opens the element around it.
                .tag("p", ["id": "schema-\(name)"], try type(schema)),
                .paragraphs(schema["description"]?.text),
                try fields(of: schema).list("Members"),
                example ?? .none
            )
        }
        return .tag("section", ["aria-labelledby": "schemas"], .tag("h2", ["id": "schemas"], HTML("Schemas")))
            + .joined(details)
    }

    /// The members of an object, those from `allOf` first, then the required ones.
    func fields(of schema: JSONValue) throws -> HTML {
        let schema = document.resolved(schema)
        let inherited = try (schema["allOf"]?.elements ?? []).map(fields)
        let required = Set((schema["required"]?.elements ?? []).compactMap(\.text))
        let members = (schema["properties"]?.members ?? [:]).sorted {
            (required.contains($0.key) ? 0 : 1, $0.key) < (required.contains($1.key) ? 0 : 1, $1.key)
        }
        return .joined(inherited)
            + .joined(try members.map { try field($0.key, $0.value, isRequired: required.contains($0.key)) })
    }

    /// One member or parameter, with its own members if they have no name of their own.
    ///
    /// - Parameter place: where a parameter is; empty for a member.
    func field(
        _ name: String,
        _ schema: JSONValue,
        place: String = "",
        isRequired: Bool,
        description: String? = nil
    ) throws -> HTML {
        let inner = schema["type"] == .string("array") ? schema["items"] ?? schema : schema
        let nested = inner["$ref"] == nil ? try fields(of: inner) : .none
        let about = description ?? schema["description"]?.text ?? document.resolved(schema)["description"]?.text
        return .tag(
            "li",
            [:],
            .code(name),
            HTML(place.isEmpty ? " " : " (\(place)) "),
            .tag("span", ["class": "type"], try type(schema)),
            isRequired ? HTML(" ") + .tag("strong", [:], HTML("required")) : .none,
            .paragraphs(about),
            nested.text.isEmpty ? .none : .tag("ul", ["class": "fields"], nested)
        )
    }

    /// What a value may be, in one line. Named schemas are links.
    func type(_ schema: JSONValue) throws -> HTML {
        if let reference = schema["$ref"]?.text {
            let name = reference.split(separator: "/").last.map(String.init) ?? reference
            return .tag("a", ["href": "#schema-\(name)"], HTML(name))
        }
        if let constant = schema["const"] { return .code(constant.encoded()) }
        if let choices = schema["enum"]?.elements {
            return .joined(choices.map { .code($0.encoded()) }, separator: " or ")
        }
        for name in ["oneOf", "anyOf", "allOf"] where schema["properties"] == nil && schema["pattern"] == nil {
            guard let choices = schema[name]?.elements, choices.contains(where: { $0["pattern"] == nil }) else {
                continue
            }
            let separator = name == "allOf" ? " and " : " or "
            return .joined(try choices.map { try $0["title"]?.text.map(HTML.init) ?? type($0) }, separator: separator)
        }
        let limits = Self.limits(of: schema)
        return try plainType(schema) + (limits.isEmpty ? .none : HTML(", ") + .joined(limits, separator: ", "))
    }

    private func plainType(_ schema: JSONValue) throws -> HTML {
        let names = schema["type"]?.text.map { [$0] } ?? schema["type"]?.elements.compactMap(\.text) ?? []
        if names == ["array"], let items = schema["items"] { return HTML("array of ") + (try type(items)) }
        return HTML(names.isEmpty ? "anything" : names.joined(separator: " or "))
    }

    /// What narrows a type down: bounds, format, pattern, default.
    private static func limits(of schema: JSONValue) -> [HTML] {
        let bounds: [(least: String, most: String, unit: String)] = [
            ("minLength", "maxLength", " characters"), ("minItems", "maxItems", " elements"),
            ("minProperties", "maxProperties", " members"), ("minimum", "maximum", ""),
        ]
        var limits = bounds.compactMap { least, most, unit -> HTML? in
            switch (schema[least]?.encoded(), schema[most]?.encoded()) {
            case (let least?, let most?): HTML("\(least) to \(most)\(unit)")
            case (let least?, nil): HTML("at least \(least)\(unit)")
            case (nil, let most?): HTML("at most \(most)\(unit)")
            case (nil, nil): nil
            }
        }
        if let format = schema["format"]?.text { limits.append(HTML(format)) }
        if let pattern = schema["pattern"]?.text { limits.append(HTML("pattern ") + .code(pattern)) }
        if let value = schema["default"] { limits.append(HTML("default ") + .code(value.encoded())) }
        return limits
    }
}
