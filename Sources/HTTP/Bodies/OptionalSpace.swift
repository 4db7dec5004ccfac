extension Substring {
    /// Without the optional white space that HTTP allows around list items (RFC 9110 section 5.6.3).
    package var trimmed: Substring {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        var text = drop(while: isSpace)
        while let last = text.last, isSpace(last) { text.removeLast() }
        return text
    }
}
