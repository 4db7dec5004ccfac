/// Replaces each `%` and two hex digits by the byte they mean, if `accepts` allows that byte. Changes nothing else.
func decodePercent(_ bytes: ArraySlice<UInt8>, accepts: (UInt8) -> Bool = { _ in true }) -> [UInt8] {
    var decoded: [UInt8] = []
    var rest = bytes
    while let byte = rest.popFirst() {
        if byte == .percent, let meant = rest.leadingHexByte, accepts(meant) {
            decoded.append(meant)
            rest = rest.dropFirst(2)
        } else {
            decoded.append(byte)
        }
    }
    return decoded
}

/// Reads an extended parameter value such as `UTF-8'en'na%C3%AFve.txt` (RFC 8187 section 3.2.1).
///
/// Nil when the charset is neither UTF-8 nor ISO-8859-1, or the two apostrophes are missing; the plain parameter is
/// used then. A percent sign without two digits stays, and bytes that are not UTF-8 become U+FFFD.
func decodeExtendedValue(_ bytes: ArraySlice<UInt8>) -> String? {
    let pieces = bytes.split(separator: .apostrophe, maxSplits: 2, omittingEmptySubsequences: false)
    guard pieces.count == 3 else { return nil }
    let decoded = decodePercent(pieces[2])
    switch pieces[0].text.lowercased() {
    case "utf-8": return decoded[...].text
    case "iso-8859-1":
        var text = String.UnicodeScalarView()
        text.append(contentsOf: decoded.map { Unicode.Scalar($0) })
        return String(text)
    default: return nil
    }
}

extension ArraySlice<UInt8> {
    /// The byte that the first two hex digits mean, or nil.
    fileprivate var leadingHexByte: UInt8? {
        guard let high = first?.hexValue, let low = dropFirst().first?.hexValue else { return nil }
        return high << 4 | low
    }
}
