import Markdown

/// A text in Markdown, or anything else.
func fuzzMarkdown(_ bytes: [UInt8]) throws {
    let text = String(decoding: bytes, as: UTF8.self)
    guard let nodes = MarkdownText.nodes(of: text) else { return }
    let size = try nodes.reduce(0) { try $0 + measure($1, depth: 1) }
    // Entities may grow a little, and what is defined for links up to a limit; nothing else comes twice.
    try hold(size <= 8 * text.utf8.count + 2 << 20, "\(text.utf8.count) became \(size)")
}

/// How many bytes of words and addresses a part has; all of it can be shown.
private func measure(_ node: MarkdownNode, depth: Int) throws -> Int {
    guard case .element(let element) = node else {
        if case .text(let words) = node { return words.utf8.count }
        return 0
    }
    try hold(depth <= 33, depth)
    try hold(element.level.map { (1...6).contains($0) } ?? true)
    if let url = element.url {
        try hold(["http://", "https://", "mailto:"].contains { url.lowercased().hasPrefix($0) }, url)
    }
    let own = (element.url ?? "").utf8.count + (element.language ?? "").utf8.count
    return try element.children.reduce(own) { try $0 + measure($1, depth: depth + 1) }
}
