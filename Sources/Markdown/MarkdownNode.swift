/// A part of a Markdown text: words, or an element with parts of its own.
package enum MarkdownNode: Sendable, Equatable {
    case text(String)
    case element(MarkdownElement)
}

/// An element of a Markdown text. It has no HTML: a page makes nodes of it, and what was written as HTML is words.
package struct MarkdownElement: Sendable, Equatable, Encodable {
    package enum Kind: String, Sendable, Encodable {
        case paragraph, heading, list, item, quote, code, codeBlock, rule, emphasis, strong, strikethrough, link, image
        case lineBreak, table, row, cell
    }

    package let type: Kind
    /// Of a heading: 1 to 6.
    package var level: Int?
    /// Of a list that is numbered: its first number.
    package var start: Int?
    /// Of an item with a box: whether it is ticked.
    package var isChecked: Bool?
    /// Of a code block: what its language is said to be.
    package var language: String?
    /// Of a link or image: an `http`, `https` or `mailto` URL. Nil for any other, which is words alone.
    package var url: String?
    /// Of a row: whether it is the head of its table.
    package var isHead: Bool?
    package var children: [MarkdownNode] = []

    package init(_ type: Kind) { self.type = type }

    private enum CodingKeys: String, CodingKey {
        case type, level, start, isChecked = "checked", language, url, isHead = "head", children
    }
}

extension MarkdownNode: Encodable {
    package func encode(to encoder: any Encoder) throws {
        switch self {
        case .text(let words): try words.encode(to: encoder)
        case .element(let element): try element.encode(to: encoder)
        }
    }
}
