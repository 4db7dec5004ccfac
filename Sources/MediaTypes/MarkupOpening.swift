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
        withoutZeros(bytes) { bytes in
            var scanner = MarkupScanner(rest: bytes)
            scanner.skipByteOrderMark()
            return scanner.opening()
        }
    }

    /// The first element of a whole page or picture in the first 4 KiB of a text that does not open with one, such as a
    /// log that quotes a server's error page. Nil when there is none.
    static func inside(_ bytes: UnsafeRawBufferPointer) -> MarkupOpening? {
        withoutZeros(UnsafeRawBufferPointer(rebasing: bytes.prefix(4_096))) { bytes in
            bytes.indices.lazy.filter { bytes[$0] == UInt8(ascii: "<") }
                .compactMap { MarkupScanner(rest: UnsafeRawBufferPointer(rebasing: bytes[$0...])).wholeDocument() }
                .first
        }
    }

    private static func withoutZeros(
        _ bytes: UnsafeRawBufferPointer,
        _ body: (UnsafeRawBufferPointer) -> MarkupOpening?
    ) -> MarkupOpening? {
        guard bytes.contains(0) else { return body(bytes) }
        return bytes.filter { $0 != 0 }.withUnsafeBytes(body)
    }
}

/// Reads markup from the front. An unclosed comment or tag ends the search, because a reader would find no element
/// either.
private struct MarkupScanner {
    private var rest: UnsafeRawBufferPointer
    private var hasProlog = false

    init(rest: UnsafeRawBufferPointer) { self.rest = rest }

    mutating func skipByteOrderMark() {
        for mark: [UInt8] in [[0xEF, 0xBB, 0xBF], [0xFF, 0xFE], [0xFE, 0xFF]] where rest.starts(with: mark) {
            drop(mark.count)
            return
        }
    }

    mutating func opening() -> MarkupOpening? {
        while true {
            drop(rest.prefix(while: Self.isBlank).count)
            if skip(from: "<!--", past: "-->") { continue }
            if starts(with: "<?xml") { hasProlog = true }
            if skip(from: "<?", past: hasProlog ? "?>" : ">") { continue }
            if starts(with: "<!doctype html") { return hasProlog ? .xhtml : .htmlDocument }
            if skipDoctype() { continue }
            return element()
        }
    }

    /// The page or picture that begins right here. Nil for other elements.
    func wholeDocument() -> MarkupOpening? {
        if starts(with: "<!doctype html") { return .htmlDocument }
        let pages: [StaticString] = ["<html", "<head", "<body", "<script"]
        if pages.contains(where: isElement) { return .htmlDocument }
        return isElement("<svg") ? .svg : nil
    }

    private func isElement(_ tag: StaticString) -> Bool {
        starts(with: tag) && rest.dropFirst(tag.utf8CodeUnitCount).first.map(Self.isNameByte) != true
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
        guard let range = rest.range(of: end, from: 2) else { return false }
        drop(range.upperBound)
        return true
    }

    private mutating func drop(_ count: Int) { rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count)) }

    /// Whether the text continues with the given lower-case word, in any case.
    private func starts(with word: StaticString) -> Bool {
        guard rest.count >= word.utf8CodeUnitCount else { return false }
        return word.withUTF8Buffer { word in
            for index in word.indices {
                let byte = rest[index]
                guard byte == word[index] || (0x41...0x5A).contains(byte) && byte | 0x20 == word[index] else {
                    return false
                }
            }
            return true
        }
    }
}
