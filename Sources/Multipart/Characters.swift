/// The ASCII characters that multipart syntax is made of.
extension UInt8 {
    static let tab = UInt8(ascii: "\t")
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
    static let space = UInt8(ascii: " ")
    static let quote = UInt8(ascii: "\"")
    static let percent = UInt8(ascii: "%")
    static let apostrophe = UInt8(ascii: "'")
    static let hyphen = UInt8(ascii: "-")
    static let colon = UInt8(ascii: ":")
    static let semicolon = UInt8(ascii: ";")
    static let equals = UInt8(ascii: "=")
    static let questionMark = UInt8(ascii: "?")
    static let underscore = UInt8(ascii: "_")
    static let backslash = UInt8(ascii: "\\")

    /// Space or tab, the white space inside a line (LWSP in RFC 2045).
    var isBlank: Bool { self == .space || self == .tab }

    /// A letter, a digit, or `-`, `.`, `_`, `~`: what no encoder writes in percent signs (RFC 3986 section 2.3).
    var isUnreserved: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), .hyphen, UInt8(ascii: "."), .underscore, UInt8(ascii: "~"):
            true
        default: false
        }
    }

    /// The value of a hexadecimal digit, or nil.
    var hexValue: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

extension ArraySlice<UInt8> {
    /// The same bytes without spaces and tabs at both ends.
    var trimmed: Self {
        var rest = drop(while: \.isBlank)
        while rest.last?.isBlank == true { rest.removeLast() }
        return rest
    }

    /// The bytes as text: UTF-8 or else, when they are not, Windows-1252, which has ISO-8859-1 in it.
    ///
    /// Clients of one language write names in the charset of their system. Every byte means something in Windows-1252,
    /// so a name is at worst another one, but never loses a letter.
    var text: String { String(validating: self, as: UTF8.self) ?? latinText }

    /// The bytes as Windows-1252; the five it leaves open are controls, as browsers have it.
    var latinText: String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: map { $0.windows1252 })
        return String(text)
    }
}

extension UInt8 {
    fileprivate var windows1252: Unicode.Scalar {
        guard (0x80...0x9F).contains(self) else { return Unicode.Scalar(self) }
        return Self.windowsLetters[Int(self - 0x80)]
    }

    private static let windowsLetters = Array(
        "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8D}Ž\u{8F}\u{90}‘’“”•–—˜™š›œ\u{9D}žŸ".unicodeScalars
    )
}
