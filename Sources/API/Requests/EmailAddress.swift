/// The email addresses that users are known by. They are checked for slips, not for every rule of RFC 5321: notices go
/// to them only if their user wants that, and a test then shows whether they arrive.
package enum EmailAddress {
    /// The address without the blanks that keyboards and clipboards add at its ends.
    package static func trimmed(_ text: String) -> String {
        let scalars = text.unicodeScalars.drop(while: isBlank)
        guard let last = scalars.lastIndex(where: { !isBlank($0) }) else { return "" }
        return String(scalars[...last])
    }

    /// Why this cannot be an address, in words that follow its name; nil when it can.
    package static func problem(in text: String) -> String? {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        if text.unicodeScalars.contains(where: isInvisible) {
            return "must not contain blanks, control or invisible characters"
        }
        guard parts.count == 2, !parts[0].isEmpty else { return "must be an email address, with one @" }
        let labels = parts[1].split(separator: ".", omittingEmptySubsequences: false)
        guard labels.allSatisfy(isLabel) else { return "must have a domain after the @, such as example.org" }
        return nil
    }

    /// The zero-width space comes with what is copied from pages.
    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || scalar == "\u{200B}"
    }

    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .spaceSeparator, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: true
        default: false
        }
    }

    /// A part of a host name (RFC 1123 section 2.1), in any script.
    private static func isLabel(_ label: Substring) -> Bool {
        (1...63).contains(label.unicodeScalars.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
            && label.unicodeScalars.allSatisfy { $0 == "-" || isLetter($0) }
    }

    /// Letters and digits, with the marks that belong to letters in many scripts.
    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
            .spacingMark, .decimalNumber:
            true
        default: false
        }
    }
}
