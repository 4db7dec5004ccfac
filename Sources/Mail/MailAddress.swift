/// Whom a mail is from or to: an address that can stand in a header and in an envelope as it is, and a name.
package struct MailAddress: Sendable, Hashable {
    package let name: String?
    package let address: String

    /// Nil for an address with blanks, quotes or brackets: what would need quoting is refused.
    package init?(_ address: String, name: String? = nil) {
        let parts = address.split(separator: "@", omittingEmptySubsequences: false)
        guard address.utf8.count <= Self.maxBytes, parts.count == 2 else { return nil }
        for part in parts {
            guard !part.hasPrefix("."), !part.hasSuffix("."), !part.contains(".."), !part.isEmpty else { return nil }
        }
        guard parts[0].unicodeScalars.allSatisfy({ Self.isAtom($0) || $0 == "." }),
            parts[1].unicodeScalars.allSatisfy({ $0 == "-" || $0 == "." || Self.isWord($0) })
        else { return nil }
        self.address = address
        self.name = name
    }

    /// `ana@example.org` or `Ana <ana@example.org>`.
    package init?(text: String) {
        guard let start = text.firstIndex(of: "<"), text.hasSuffix(">") else {
            self.init(text)
            return
        }
        let name = text[..<start].split(separator: " ").joined(separator: " ")
        self.init(String(text[text.index(after: start)...].dropLast()), name: name.isEmpty ? nil : name)
    }

    package var domain: String { String(address.drop { $0 != "@" }.dropFirst()) }

    /// RFC 5321 section 4.5.3.1.3, less the angle brackets.
    private static let maxBytes = 254

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII
            ? ("0"..."9").contains(scalar) || scalar.properties.isAlphabetic : scalar.properties.isXIDContinue
    }

    /// What a local part may have without quotes (RFC 5322 section 3.2.3), and letters of other scripts.
    private static func isAtom(_ scalar: Unicode.Scalar) -> Bool {
        isWord(scalar) || "!#$%&'*+-/=?^_`{|}~".unicodeScalars.contains(scalar)
    }
}
