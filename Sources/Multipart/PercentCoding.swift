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

/// Decodes a name that is percent-encoded as a whole, as aiohttp sends it (RFC 7578 section 4.2).
///
/// Nil when it cannot be such an encoding, and then the percent signs are the name's own. It can be when it has one,
/// everything outside of them is a letter, a digit or one of the signs that encoders leave alone, and what is in them
/// is none of these and UTF-8.
func decodePercentEncodedName(_ bytes: ArraySlice<UInt8>) -> String? {
    guard bytes.contains(.percent) else { return nil }
    var rest = bytes
    while let byte = rest.popFirst() {
        if byte == .percent {
            guard let meant = rest.leadingHexByte, !meant.isUnreserved else { return nil }
            rest = rest.dropFirst(2)
        } else if !byte.isUnreserved && !leftAlone.contains(byte) {
            return nil
        }
    }
    return String(validating: decodePercent(bytes), as: UTF8.self)
}

/// What JavaScript's `encodeURIComponent` leaves as it is, beside the unreserved characters.
private let leftAlone = Array("!*'()".utf8)

/// Reads an extended parameter value such as `UTF-8'en'na%C3%AFve.txt` (RFC 8187 section 3.2.1).
///
/// Nil when the charset is neither UTF-8 nor ISO-8859-1, or the two apostrophes are missing; the plain parameter is
/// used then. A percent sign without two digits stays, and bytes that are not UTF-8 become U+FFFD.
func decodeExtendedValue(_ bytes: ArraySlice<UInt8>) -> String? {
    let pieces = bytes.split(separator: .apostrophe, maxSplits: 2, omittingEmptySubsequences: false)
    guard pieces.count == 3 else { return nil }
    return text(decodePercent(pieces[2]), charset: pieces[0])
}

/// Reads a parameter in pieces, `filename*0="a"; filename*1*=%20b` (RFC 2231 section 3). Nil when there is no first
/// piece, or its charset is none of ours.
func joinContinuations(of name: String, in header: HeaderValue) -> String? {
    let parameters = Dictionary(header.parameters.map { ($0.name, $0.value[...]) }) { first, _ in first }
    var joined: [UInt8] = []
    var charset: ArraySlice<UInt8>?
    for index in 0... {
        if let plain = parameters["\(name)*\(index)"] {
            joined += plain
            continue
        }
        guard var encoded = parameters["\(name)*\(index)*"] else {
            if index == 0 { return nil }
            break
        }
        if index == 0 {
            let pieces = encoded.split(separator: .apostrophe, maxSplits: 2, omittingEmptySubsequences: false)
            guard pieces.count == 3 else { return nil }
            (charset, encoded) = (pieces[0], pieces[2])
        }
        joined += decodePercent(encoded)
    }
    guard let charset else { return joined[...].text }
    return text(joined, charset: charset)
}

/// Nil for any charset but these two; bytes that are not UTF-8 become U+FFFD.
private func text(_ bytes: [UInt8], charset: ArraySlice<UInt8>) -> String? {
    switch charset.text.lowercased() {
    case "utf-8": String(decoding: bytes, as: UTF8.self)
    case "iso-8859-1": bytes[...].latinText
    default: nil
    }
}

extension ArraySlice<UInt8> {
    /// The byte that the first two hex digits mean, or nil.
    fileprivate var leadingHexByte: UInt8? {
        guard let high = first?.hexValue, let low = dropFirst().first?.hexValue else { return nil }
        return high << 4 | low
    }
}
