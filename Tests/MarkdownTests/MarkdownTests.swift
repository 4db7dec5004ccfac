import Foundation
import Markdown
import Testing

@Suite("Markdown becomes a tree without HTML")
struct MarkdownTests {
    /// The tree in short: `name.of(attributes)[children]`.
    private func tree(_ text: String) throws -> String {
        try short(#require(MarkdownText.nodes(of: text)))
    }

    private func short(_ nodes: [MarkdownNode]) -> String {
        nodes.map { node in
            switch node {
            case .text(let words): return "'\(words)'"
            case .element(let element):
                let facts = [
                    element.level.map(String.init), element.start.map { "from \($0)" },
                    element.isChecked.map { "\($0)" },
                    element.language, element.url, element.isHead == true ? "head" : nil,
                ]
                let told = facts.compactMap { $0 }.joined(separator: " ")
                return element.type.rawValue + (told.isEmpty ? "" : "(\(told))") + "[\(short(element.children))]"
            }
        }.joined(separator: " ")
    }

    @Test(
        "each kind of element",
        arguments: [
            ("## Two\nwords", "heading(2)['Two'] paragraph['words']"),
            (
                "a *b* **c** ~~d~~ `e`",
                "paragraph['a ' emphasis['b'] ' ' strong['c'] ' ' strikethrough['d'] ' ' code['e']]"
            ),
            ("a  \nb\nc", "paragraph['a' lineBreak[] 'b\nc']"),
            ("```swift x\nlet a\n```", "codeBlock(swift)['let a\n']"),
            ("- a\n- b", "list[item[paragraph['a']] item[paragraph['b']]]"),
            ("3. a", "list(from 3)[item[paragraph['a']]]"),
            ("- [x] a\n- [ ] b", "list[item(true)[paragraph['a']] item(false)[paragraph['b']]]"),
            ("> a\n\n---", "quote[paragraph['a']] rule[]"),
            ("|a|b|\n|-|-|\n|1|2|", "table[row(head)[cell['a'] cell['b']] row[cell['1'] cell['2']]]"),
            ("[a](https://x.example \"t\")", "paragraph[link(https://x.example)['a']]"),
            ("www.x.example", "paragraph[link(http://www.x.example)['www.x.example']]"),
            ("![a](https://x.example/a.png)", "paragraph[image(https://x.example/a.png)['a']]"),
            ("&lt;b&gt; \\*a\\*", "paragraph['<b> *a*']"),
            ("", ""),
        ]
    )
    func elements(text: String, short: String) throws {
        #expect(try tree(text) == short)
    }

    @Test(
        "HTML is words, and a link leads to http, https and mailto alone",
        arguments: [
            ("<script>x</script>", "paragraph['<script>x</script>\n']"), ("a <b>c", "paragraph['a <b>c']"),
            ("[a](javascript:x)", "paragraph[link['a']]"), ("[a](JaVaScRiPt:x)", "paragraph[link['a']]"),
            ("[a](data:text/html,x)", "paragraph[link['a']]"), ("[a](/api/x)", "paragraph[link['a']]"),
            ("[a](//evil.example)", "paragraph[link['a']]"), ("<javascript:x>", "paragraph[link['javascript:x']]"),
            ("[a](\tjavascript:x)", "paragraph[link['a']]"), ("[a](&#106;avascript:x)", "paragraph[link['a']]"),
            ("![a](file:///etc/passwd)", "paragraph[image['a']]"),
            ("<a@b.example>", "paragraph[link(mailto:a@b.example)['a@b.example']]"),
        ]
    )
    func nothingRuns(text: String, short: String) throws {
        #expect(try tree(text) == short)
    }

    @Test("what is nested deeper than 32 keeps its words")
    func depth() throws {
        let nodes = try #require(MarkdownText.nodes(of: String(repeating: "> ", count: 5_000) + "deep"))
        var (depth, level) = (0, nodes)
        while case .element(let element) = level.last { (depth, level) = (depth + 1, element.children) }
        #expect(depth == 32 && level == [.text("deep")])
    }

    @Test("what is too long, too many parts or too wide a table is not made")
    func limits() throws {
        #expect(MarkdownText.nodes(of: String(repeating: "a", count: 65_536)) != nil)
        #expect(MarkdownText.nodes(of: String(repeating: "a", count: 65_537)) == nil)
        #expect(MarkdownText.nodes(of: String(repeating: "- a\n", count: 16_000)) == nil)
        // 8,000 columns for each of 4,000 rows: cmark would take gigabytes.
        let head = String(repeating: "a|", count: 8_000) + "\n" + String(repeating: "-|", count: 8_000) + "\n"
        let wide = head + String(repeating: "a\n", count: 4_000)
        #expect(try tree(wide).hasPrefix("paragraph['a|a|"))
    }

    @Test(
        "a long definition that many links use is not made: each would have all of it",
        arguments: [
            ("[a]: http://x/LONG", "\n\n"), ("[a]: <http://x/LONG LONG>", "\n\n"), ("> [a]:\n> http://x/LONG", "\n\n"),
            ("[a]: /b \"LONG\"", "\n\n"), ("[a]: /b\n'LONG\nLONG'", "\n\n"), ("> [a]: </b>\n> (LONG", ")\n\n"),
            ("- [a\n  b]: /LONG\n- [a b]\n\n[a]: /LONG", "\n\n"), ("[a]: /b \"\\\"LONG", "\"\n\n"),
        ]
    )
    func definitions(definition: String, end: String) {
        let text = definition.replacing("LONG", with: String(repeating: "y", count: 10_000)) + end
        #expect(MarkdownText.nodes(of: text + "[a]") != nil)
        #expect(MarkdownText.nodes(of: text + String(repeating: "[a] ", count: 5000)) == nil)
    }

    @Test("the links of a long list of changes are made")
    func changelog() throws {
        let entries = (1...400).map { "## [1.\($0).0]\n\n- a change [#\($0)], in code: `x[1]: Int`\n" }.joined()
        let links = (1...400).map { "[1.\($0).0]: https://example.com/compare/v1.\($0).0 \"a title\"\n" }.joined()
        let nodes = try #require(MarkdownText.nodes(of: entries + "\n" + links))
        #expect(nodes.count == 800)
    }
}
