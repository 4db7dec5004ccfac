import CAssets

/// HTML that is well-formed and escaped by construction: apart from our own files, text gets in only through
/// ``init(_:)``.
struct HTML: Sendable {
    let text: String

    private init(text: String) { self.text = text }

    /// Text, escaped for contents and for quoted attributes.
    init(_ text: String) {
        var escaped = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(character)
            }
        }
        self.text = escaped
    }

    /// An element with its content.
    static func tag(_ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:], _ content: HTML...)
        -> HTML
    {
        let attributes = attributes.map { " \($0.key)=\"\(HTML($0.value).text)\"" }.joined()
        return HTML(text: "<\(name)\(attributes)>\(joined(content).text)</\(name)>")
    }

    /// An element without content or end tag.
    static func void(_ name: StaticString, _ attributes: KeyValuePairs<StaticString, String>) -> HTML {
        HTML(text: "<\(name)\(attributes.map { " \($0.key)=\"\(HTML($0.value).text)\"" }.joined())>")
    }

    /// A file that is part of this program, unchanged.
    static func verbatim(_ asset: Asset) -> HTML { HTML(text: String(decoding: asset.buffer, as: UTF8.self)) }

    static func joined(_ parts: [HTML], separator: String = "") -> HTML {
        HTML(text: parts.map(\.text).joined(separator: HTML(separator).text))
    }

    static func + (left: HTML, right: HTML) -> HTML { HTML(text: left.text + right.text) }

    static let none = HTML(text: "")

    /// One line of a description. What stands between backticks is code.
    static func line(_ text: String) -> HTML {
        let pieces = text.split(separator: "`", omittingEmptySubsequences: false)
        return joined(
            pieces.enumerated().map {
                $0.offset.isMultiple(of: 2) ? HTML(String($0.element)) : code(String($0.element))
            }
        )
    }

    /// A whole description. Empty lines separate its paragraphs.
    static func paragraphs(_ text: String?) -> HTML {
        joined((text ?? "").split(separator: "\n\n").map { tag("p", [:], line(String($0))) })
    }

    static func code(_ text: String) -> HTML { tag("code", [:], HTML(text)) }

    /// A block of code. It can be scrolled by keyboard too.
    static func block(_ text: String, label: String) -> HTML {
        tag("pre", ["tabindex": "0", "role": "region", "aria-label": label], code(text))
    }
}
