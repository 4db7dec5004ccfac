/// The definitions of links in a text, such as `[a]: https://example.com "title"`.
enum LinkDefinitions {
    /// cmark 0.29 copies what is defined into every link that uses it, so what it makes grows with the product of both:
    /// 54 kB of text became 180 MB. More than these bytes are not made.
    static let mostCopied = 1 << 20

    /// Whether the links of a text may take more than ``mostCopied``.
    static func areTooLarge(in text: String) -> Bool {
        let bytes = Array(text.utf8)
        // Every link that uses a definition ends in a bracket.
        let links = bytes.count { $0 == UInt8(ascii: "]") }
        guard links > 0 else { return false }
        let most = mostCopied / links
        return bytes.indices.dropLast().contains { place in
            bytes[place] == UInt8(ascii: "]") && bytes[place + 1] == UInt8(ascii: ":")
                && length(ofDefinitionIn: bytes[(place + 2)...], most: most) > most
        }
    }

    /// How many bytes the address and the title have that begin there; no further than `most` is looked in each.
    private static func length(ofDefinitionIn bytes: ArraySlice<UInt8>, most: Int) -> Int {
        var rest = bytes.drop(while: isBetween)
        let isBracketed = rest.first == UInt8(ascii: "<")
        let address = length(of: rest, most: most) { isBracketed ? $0 == UInt8(ascii: ">") : $0 <= 0x20 }
        rest = rest.dropFirst(address).drop(while: isBetween)
        guard let mark = rest.first, let close = marks[mark] else { return address }
        return address + length(of: rest.dropFirst(), most: most) { $0 == close }
    }

    /// How many bytes come before the end, which may stand escaped among them.
    private static func length(of bytes: ArraySlice<UInt8>, most: Int, until isEnd: (UInt8) -> Bool) -> Int {
        var (count, isEscaped) = (0, false)
        for byte in bytes {
            if count > most || !isEscaped && isEnd(byte) { break }
            isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
            count += 1
        }
        return count
    }

    /// Blanks, ends of lines, and what begins the lines of a quotation.
    private static func isBetween(_ byte: UInt8) -> Bool { byte <= 0x20 || byte == UInt8(ascii: ">") }

    /// With what a title begins, and what ends it unless it is escaped.
    private static let marks: [UInt8: UInt8] = [
        UInt8(ascii: "\""): UInt8(ascii: "\""), UInt8(ascii: "'"): UInt8(ascii: "'"),
        UInt8(ascii: "("): UInt8(ascii: ")"),
    ]
}
