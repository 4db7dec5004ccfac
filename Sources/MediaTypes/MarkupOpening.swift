/// How a text opens to a reader of HTML or XML: its first element, after blanks, comments, processing instructions and
/// the doctype.
///
/// It finds what libmagic misses (long comments, prefixed roots), as a sniffing browser would (WHATWG MIME Sniffing
/// section 7.1).
enum MarkupOpening: Equatable {
    /// A doctype or an element that belongs to a whole page or runs code.
    case htmlDocument
    /// An element of the body. Many Markdown files open with one too.
    case htmlFragment
    case svg
    case xhtml
    /// An XML prolog followed by any other element.
    case xml

    /// The opening of a text, or nil when it does not open with markup. Reads UTF-16 too, by leaving out the zero
    /// bytes.
    static func of(_ bytes: UnsafeRawBufferPointer) -> MarkupOpening? {
        var scanner = MarkupScanner(rest: bytes.filter { $0 != 0 }[...])
        scanner.skipByteOrderMark()
        return scanner.opening()
    }
}

/// Reads markup from the front. An unclosed comment or tag ends the search, because a reader would find no element
/// either.
private struct MarkupScanner {
    var rest: ArraySlice<UInt8>
    private var hasProlog = false

    init(rest: ArraySlice<UInt8>) { self.rest = rest }

    mutating func skipByteOrderMark() {
        for mark: [UInt8] in [[0xEF, 0xBB, 0xBF], [0xFF, 0xFE], [0xFE, 0xFF]] where rest.starts(with: mark) {
            rest = rest.dropFirst(mark.count)
            return
        }
    }

    mutating func opening() -> MarkupOpening? {
        while true {
            rest = rest.drop(while: Self.isBlank)
            if skip(from: "<!--", past: "-->") { continue }
            if starts(with: "<?xml") { hasProlog = true }
            if skip(from: "<?", past: hasProlog ? "?>" : ">") { continue }
            if starts(with: "<!doctype html") { return hasProlog ? .xhtml : .htmlDocument }
            if skipDoctype() { continue }
            return element()
        }
    }

    private func element() -> MarkupOpening? {
        guard rest.first == UInt8(ascii: "<") else { return hasProlog ? .xml : nil }
        let name = String(decoding: rest.dropFirst().prefix(64).prefix(while: Self.isNameByte), as: UTF8.self)
        let local = name.lowercased().split(separator: ":").last.map(String.init) ?? ""
        if local == "svg" { return .svg }
        if hasProlog { return local == "html" ? .xhtml : .xml }
        if Self.documentElements.contains(local) { return .htmlDocument }
        return Self.bodyElements.contains(local) ? .htmlFragment : nil
    }

    /// Elements that open a page, or that run or load something at once.
    private static let documentElements: Set = [
        "html", "head", "body", "title", "meta", "link", "base", "style", "script", "iframe", "object", "embed",
        "frameset",
    ]

    /// The other elements that browsers sniff as HTML, and a few like them.
    private static let bodyElements: Set = [
        "h1", "h2", "h3", "div", "font", "table", "a", "b", "br", "p", "span", "section", "article", "main", "form",
        "center", "ul", "ol", "img",
    ]

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        !isBlank(byte) && byte != UInt8(ascii: ">") && byte != UInt8(ascii: "/")
    }

    /// Skips `<!DOCTYPE name … [ … ]>`. The part in brackets may itself contain `>`.
    private mutating func skipDoctype() -> Bool {
        guard starts(with: "<!doctype") else { return false }
        let head = rest.prefix { $0 != UInt8(ascii: ">") }
        if head.contains(UInt8(ascii: "[")) { return skip(from: "<!", past: "]>") }
        return skip(from: "<!", past: ">")
    }

    /// Drops the text from `start`, which must be right here, to the end of `end`. False when either is missing.
    private mutating func skip(from start: StaticString, past end: StaticString) -> Bool {
        guard starts(with: start) else { return false }
        var ahead = self
        ahead.rest = rest.dropFirst(2)
        while let next = ahead.rest.firstIndex(of: end.utf8Start[0]) {
            ahead.rest = ahead.rest[next...]
            if ahead.starts(with: end) {
                rest = ahead.rest.dropFirst(end.utf8CodeUnitCount)
                return true
            }
            ahead.rest = ahead.rest.dropFirst()
        }
        return false
    }

    /// Whether the text continues with the given lower-case word, in any case.
    private func starts(with word: StaticString) -> Bool {
        word.withUTF8Buffer { word in
            rest.count >= word.count
                && zip(rest, word).allSatisfy { byte, wanted in
                    byte == wanted || (0x41...0x5A).contains(byte) && byte | 0x20 == wanted
                }
        }
    }
}
