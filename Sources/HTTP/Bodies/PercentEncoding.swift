extension String {
    /// The text with everything but letters, digits and `-._~` percent-encoded (RFC 3986 section 2.3). It may then
    /// stand anywhere in a URL.
    package var percentEncoded: String { utf8.percentEncoded(keeping: "-._~") }

    /// The text with each percent sign and its two digits decoded. Nil when the digits are missing, or it is no UTF-8.
    var percentDecoded: String? {
        var decoded: [UInt8] = []
        var rest = utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                decoded.append(byte)
                continue
            }
            let digits = rest.prefix(2).compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
            guard digits.count == 2 else { return nil }
            decoded.append(UInt8(digits[0] << 4 | digits[1]))
            rest = rest.dropFirst(2)
        }
        return String(validating: decoded, as: UTF8.self)
    }
}

extension Sequence<UInt8> {
    /// Percent-encodes everything but letters, digits and these characters of ASCII.
    func percentEncoded(keeping kept: String) -> String {
        map { byte in
            let character = Character(Unicode.Scalar(byte))
            let mayStand = character.isASCII && (character.isLetter || character.isNumber)
            if mayStand || kept.contains(character) { return String(character) }
            return (byte < 0x10 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }
}
