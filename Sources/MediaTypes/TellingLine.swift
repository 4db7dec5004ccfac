/// What a text says it is by a line of its own, for a text that no hint names.
///
/// Only lines that hardly any other text has: words of a language are in every text that is about it.
enum TellingLine {
    /// Nil when no line in the first 4 KiB tells. Reads UTF-16 too, by leaving out the zero bytes.
    static func type(of bytes: UnsafeRawBufferPointer) -> String? {
        let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF, 0xFF, 0xFE]
        let start = Array(bytes.prefix(4_096).filter { $0 != 0 }.drop { byteOrderMark.contains($0) })
        let lines = start.split(maxSplits: 2, omittingEmptySubsequences: false) { $0 == lineEnd }
            .map { String(decoding: $0.prefix(256).filter { $0 != UInt8(ascii: "\r") }, as: UTF8.self) }
        let (first, second) = (lines[0], lines.count > 1 ? lines[1] : "")
        if first.hasPrefix("#!") { return script(first.dropFirst(2)) }
        if opensDifference(first, second) || start.withUnsafeBytes(hasUnifiedDifference) { return "text/x-diff" }
        if first == "WEBVTT" || first.hasPrefix("WEBVTT ") || first.hasPrefix("WEBVTT\t") { return "text/vtt" }
        if UInt(first) != nil, second.first?.isNumber == true, second.contains(" --> ") {
            return "application/x-subrip"
        }
        return whole[first.uppercased()]
    }

    /// First lines that have nothing beside (RFC 5545 section 3.4, RFC 6350 section 6.1.1, RFC 9580 section 6.2.1).
    private static let whole = [
        "BEGIN:VCALENDAR": "text/calendar",
        "BEGIN:VCARD": "text/vcard",
        "-----BEGIN PGP PUBLIC KEY BLOCK-----": "application/pgp-keys",
        "-----BEGIN PGP PRIVATE KEY BLOCK-----": "application/pgp-keys",
        "-----BEGIN PGP SIGNATURE-----": "application/pgp-signature",
        "-----BEGIN PGP MESSAGE-----": "application/pgp-encrypted",
    ]

    /// What `diff` and `git format-patch` begin with.
    private static func opensDifference(_ first: String, _ second: String) -> Bool {
        first.hasPrefix("diff -") || first.hasPrefix("*** ") && second.hasPrefix("--- ")
            || first.hasPrefix("From ") && first.hasSuffix(" Mon Sep 17 00:00:00 2001")
    }

    /// Whether there is the head of a unified diff, before which there may be words about it: lines that begin with
    /// `---`, `+++` and `@@`.
    private static func hasUnifiedDifference(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var end = 0
        while let new = bytes.range(of: "\n+++ ", from: end) {
            let old = bytes[..<new.lowerBound].lastIndex(of: lineEnd).map { $0 + 1 } ?? 0
            end = bytes[new.upperBound...].firstIndex(of: lineEnd) ?? bytes.count
            if bytes[old...].starts(with: "--- ".utf8), bytes[end...].starts(with: "\n@@ -".utf8) { return true }
        }
        return false
    }

    private static let lineEnd = UInt8(ascii: "\n")

    /// The language of the interpreter, as in `/usr/bin/env -S python3 -u`; nil for one that is not in the table.
    private static func script(_ line: Substring) -> String? {
        let names = line.split { $0 == " " || $0 == "\t" }
            .map { $0.split(separator: "/").last ?? "" }
        let interpreter = names.first { $0 != "env" && !$0.hasPrefix("-") && !$0.contains("=") }
        // Without a version, as in `python3.13`.
        return interpreters[String(interpreter?.prefix(while: \.isLetter) ?? "")]
    }

    private static let interpreters: [String: String] = [
        "sh": "text/x-shellscript", "bash": "text/x-shellscript", "dash": "text/x-shellscript",
        "ash": "text/x-shellscript", "ksh": "text/x-shellscript", "zsh": "text/x-shellscript",
        "csh": "text/x-shellscript", "tcsh": "text/x-shellscript", "fish": "text/x-shellscript",
        "python": "text/x-python", "pypy": "text/x-python", "perl": "text/x-perl", "ruby": "text/x-ruby",
        "php": "text/x-php", "lua": "text/x-lua", "tclsh": "text/x-tcl", "wish": "text/x-tcl", "awk": "text/x-awk",
        "gawk": "text/x-awk", "nawk": "text/x-awk", "mawk": "text/x-awk", "make": "text/x-makefile",
        "Rscript": "text/x-r", "swift": "text/x-swift",
    ]
}
