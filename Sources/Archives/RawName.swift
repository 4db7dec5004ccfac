/// The name of an entry in bytes. They become text only when somebody asks: of most entries nobody does.
struct RawName: Sendable {
    private static let mostShown = 1000

    /// Longer names are cut here too, in bytes: a page of entries may have a thousand of them.
    private static let mostBytes = 4 * mostShown + 96

    private let bytes: [UInt8]
    /// Whether bytes that are no UTF-8 are of the charset of MS-DOS, as in zip archives.
    private let isDOS: Bool

    init(_ bytes: some Collection<UInt8>, isDOS: Bool) {
        (self.bytes, self.isDOS) = (Array(bytes.prefix(Self.mostBytes)), isDOS)
    }

    var text: String {
        if isDOS, String(validating: bytes, as: UTF8.self) == nil {
            return String(String.UnicodeScalarView(bytes.map(Self.dosCharacter)))
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// With controls, and what turns the direction of reading, as JSON would escape them; cut when it is very long.
    var shown: String {
        let scalars = text.unicodeScalars
        let shown = scalars.prefix(Self.mostShown).map { Self.isHidden($0) ? Self.escape($0) : String($0) }.joined()
        return scalars.count > Self.mostShown ? shown + "…" : shown
    }

    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        // Emoji and some scripts are written with the two joiners.
        case .format: !["\u{200C}", "\u{200D}"].contains(scalar)
        default: false
        }
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        scalar.utf16.map { unit in
            let digits = String(unit, radix: 16)
            return #"\u"# + String(repeating: "0", count: 4 - digits.count) + digits
        }.joined()
    }

    /// Code page 437 (APPNOTE appendix D).
    private static func dosCharacter(_ byte: UInt8) -> Unicode.Scalar {
        byte < 0x80 ? Unicode.Scalar(byte) : upperHalf[Int(byte) - 0x80]
    }

    private static let upperHalf = Array(
        ("ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀"
            + "αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{A0}").unicodeScalars
    )
}
