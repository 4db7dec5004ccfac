import NIOCore

/// Decodes a name made of encoded words, such as `=?utf-8?B?w4RyZ2VyLnR4dA==?=`, as mail libraries write it (RFC 2047
/// section 2).
///
/// RFC 7578 does not have them, but no file is called so. Nil when anything else is in the name, or a word is broken or
/// in a charset but UTF-8, US-ASCII, ISO-8859-1 and Windows-1252.
func decodeEncodedWords(_ name: ArraySlice<UInt8>) -> String? {
    guard name.starts(with: "=?".utf8) else { return nil }
    var decoded: [UInt8] = []
    var charset: String?
    for word in name.split(whereSeparator: \.isBlank) {
        let pieces = word.split(separator: .questionMark, omittingEmptySubsequences: false)
        guard pieces.count == 5, pieces[0].elementsEqual([.equals]), pieces[4].elementsEqual([.equals]),
            let bytes = decodeWord(pieces[3], coding: pieces[2].text.lowercased())
        else { return nil }
        // A language may follow the charset (RFC 2231 section 5).
        let named = pieces[1].prefix { $0 != UInt8(ascii: "*") }.text.lowercased()
        guard charset == nil || charset == named else { return nil }
        charset = named
        decoded += bytes
    }
    switch charset {
    case "utf-8", "us-ascii": return String(validating: decoded, as: UTF8.self)
    case "iso-8859-1", "windows-1252": return decoded[...].latinText
    default: return nil
    }
}

private func decodeWord(_ word: ArraySlice<UInt8>, coding: String) -> [UInt8]? {
    var decoder: TransferDecoder
    switch coding {
    case "b": decoder = TransferDecoder(.base64)
    case "q": decoder = TransferDecoder(.quotedPrintable)
    default: return nil
    }
    let bytes = coding == "q" ? word.map { $0 == .underscore ? .space : $0 } : Array(word)
    let decoded = decoder.decode(ByteBuffer(bytes: bytes))
    return decoder.isWhole ? Array(decoded.readableBytesView) : nil
}
