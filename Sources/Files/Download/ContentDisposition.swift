import MediaTypes

/// The `Content-Disposition` of a download (RFC 6266): an ASCII `filename` that every client reads, and a UTF-8
/// `filename*` (RFC 8187) for those that know it.
enum ContentDisposition {
    static func header(_ disposition: ServingPolicy.Disposition, filename: String) -> String {
        let ascii = String(filename.unicodeScalars.map { isPlain($0) ? Character($0) : "_" })
        let encoded = filename.utf8.map { isAttributeCharacter($0) ? String(UnicodeScalar($0)) : percent($0) }.joined()
        return "\(disposition.rawValue); filename=\"\(ascii)\"; filename*=UTF-8''\(encoded)"
    }

    /// Whether every client takes the character as it is between quotes. Some would decode a percent sign, and read a
    /// quote or a backslash as an escape (RFC 6266 appendix D).
    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        (0x20...0x7E).contains(scalar.value) && !["\"", "\\", "%"].contains(scalar)
    }

    /// `attr-char` of RFC 8187 section 3.2.1.
    private static func isAttributeCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$&+-.^_`|~".utf8.contains(byte)
        }
    }

    private static func percent(_ byte: UInt8) -> String {
        "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }
}
