import CMarkdown

/// Builds the tree of a document that cmark has read. It walks without recursion, as texts may be nested ten thousands
/// deep.
struct MarkdownTree {
    /// The elements that are open, outermost first. The first stands for the document.
    private var open = [MarkdownElement(.paragraph)]
    /// How many elements are open that were too deep to be made.
    private var skipped = 0
    private var count = 0

    /// Nil when there are more than ``MarkdownText/mostNodes``.
    static func nodes(of document: OpaquePointer) -> [MarkdownNode]? {
        var tree = MarkdownTree()
        let walk = cmark_iter_new(document)
        defer { cmark_iter_free(walk) }
        while true {
            let event = cmark_iter_next(walk)
            guard event != CMARK_EVENT_DONE else { return tree.open[0].children }
            guard let node = cmark_iter_get_node(walk), node != document else { continue }
            if event == CMARK_EVENT_ENTER { tree.enter(node) } else { tree.leave() }
            guard tree.count <= MarkdownText.mostNodes else { return nil }
        }
    }

    private mutating func enter(_ node: OpaquePointer) {
        count += 1
        let literal = { cmark_node_get_literal(node).map { String(cString: $0) } ?? "" }
        switch cmark_node_get_type(node) {
        case CMARK_NODE_TEXT, CMARK_NODE_HTML_INLINE: append(literal())
        case CMARK_NODE_SOFTBREAK: append("\n")
        case CMARK_NODE_LINEBREAK: append(MarkdownElement(.lineBreak))
        case CMARK_NODE_THEMATIC_BREAK: append(MarkdownElement(.rule))
        case CMARK_NODE_CODE: append(MarkdownElement(.code, literal()))
        case CMARK_NODE_HTML_BLOCK: append(MarkdownElement(.paragraph, literal()))
        case CMARK_NODE_CODE_BLOCK:
            var block = MarkdownElement(.codeBlock, literal())
            let info = cmark_node_get_fence_info(node).map { String(cString: $0) } ?? ""
            block.language = info.split(separator: " ").first.map(String.init)
            append(block)
        default: open(MarkdownElement(node))
        }
    }

    private mutating func open(_ element: MarkdownElement) {
        if open.count <= MarkdownText.mostDepth, skipped == 0 { open.append(element) } else { skipped += 1 }
    }

    private mutating func leave() {
        if skipped > 0 { skipped -= 1 } else { append(open.removeLast()) }
    }

    private mutating func append(_ element: MarkdownElement) { open[open.count - 1].children.append(.element(element)) }

    /// Words that follow words join them.
    private mutating func append(_ words: String) {
        let top = open.count - 1
        if case .text(let before) = open[top].children.last {
            open[top].children[open[top].children.count - 1] = .text(before + words)
        } else {
            open[top].children.append(.text(words))
        }
    }
}

extension MarkdownElement {
    fileprivate init(_ type: Kind, _ literal: String) {
        self.init(type)
        children = [.text(literal)]
    }

    /// The element of a node that has others inside.
    fileprivate init(_ node: OpaquePointer) {
        let type = cmark_node_get_type(node)
        self.init(Self.kinds[type.rawValue] ?? Self.kind(named: String(cString: cmark_node_get_type_string(node))))
        switch self.type {
        case .heading: level = Int(cmark_node_get_heading_level(node))
        case .list where cmark_node_get_list_type(node) == CMARK_ORDERED_LIST:
            start = Int(cmark_node_get_list_start(node))
        case .item where cmark_node_get_syntax_extension(node) != nil:
            isChecked = cmark_gfm_extensions_get_tasklist_item_checked(node)
        case .link, .image: url = cmark_node_get_url(node).flatMap { Self.safe(String(cString: $0)) }
        case .row: isHead = cmark_gfm_extensions_get_table_row_is_header(node) != 0
        default: break
        }
    }

    private static let kinds: [UInt32: Kind] = [
        CMARK_NODE_PARAGRAPH.rawValue: .paragraph, CMARK_NODE_HEADING.rawValue: .heading,
        CMARK_NODE_LIST.rawValue: .list, CMARK_NODE_ITEM.rawValue: .item, CMARK_NODE_BLOCK_QUOTE.rawValue: .quote,
        CMARK_NODE_EMPH.rawValue: .emphasis, CMARK_NODE_STRONG.rawValue: .strong, CMARK_NODE_LINK.rawValue: .link,
        CMARK_NODE_IMAGE.rawValue: .image,
    ]

    /// The extensions number their nodes when they are registered, and name them.
    private static func kind(named name: String) -> Kind {
        switch name {
        case "table": .table
        case "table_header", "table_row": .row
        case "table_cell": .cell
        case "strikethrough": .strikethrough
        case "tasklist": .item
        default: .paragraph
        }
    }

    private static func safe(_ url: String) -> String? {
        let lower = url.prefix(8).lowercased()
        return ["http://", "https://", "mailto:"].contains(where: lower.hasPrefix) ? url : nil
    }
}
