import CMarkdown

/// A text in GitHub Flavored Markdown: CommonMark with tables, strikethrough, task lists and bare links.
package enum MarkdownText {
    /// The most bytes of one text. What is hard to read takes cmark a quarter of a second at this length.
    package static let mostBytes = 65_536
    /// Deeper elements lose their frame and keep their words.
    static let mostDepth = 32
    /// More elements and words than this, and it is better shown as it was written.
    static let mostNodes = 20_000
    /// cmark gives each row of a table all columns of its head, so what it makes grows with the product of both.
    static let mostCells = 100_000

    /// What a text consists of. Blocks for up to 0.25 s, so call it off the event loop.
    ///
    /// Nil when the text is longer than ``mostBytes``, makes more than ``mostNodes``, or has links whose definitions are
    /// ``LinkDefinitions/areTooLarge(in:)``: show it as it was written.
    package static func nodes(of text: String) -> [MarkdownNode]? {
        guard text.utf8.count <= mostBytes, !LinkDefinitions.areTooLarge(in: text) else { return nil }
        let parser = cmark_parser_new(CMARK_OPT_VALIDATE_UTF8)
        defer { cmark_parser_free(parser) }
        for name in extensions(for: text) {
            cmark_parser_attach_syntax_extension(parser, cmark_find_syntax_extension(name))
        }
        var text = text
        text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { cmark_parser_feed(parser, $0.baseAddress, $0.count) }
        }
        guard let document = cmark_parser_finish(parser) else { return nil }
        defer { cmark_node_free(document) }
        return MarkdownTree.nodes(of: document)
    }

    private static func extensions(for text: String) -> [String] {
        _ = registered
        let names = ["strikethrough", "tasklist", "autolink"]
        return mayHaveTables(text) ? names + ["table"] : names
    }

    private static let registered: Void = cmark_gfm_core_extensions_ensure_registered()

    private static func mayHaveTables(_ text: String) -> Bool {
        let lines = text.utf8.split(omittingEmptySubsequences: false) {
            $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r")
        }
        let columns = lines.lazy.map { $0.count { $0 == UInt8(ascii: "|") } + 1 }.max() ?? 1
        return lines.count * columns <= mostCells
    }
}
