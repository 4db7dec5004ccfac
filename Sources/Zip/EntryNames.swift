/// Gives the files of one archive names that no system unpacks to a path, to a device or onto each other.
///
/// Names that differ only in case or in Unicode form count as equal here, because they do on Windows and macOS.
package struct EntryNames {
    private static let maxBytes = 255
    private static let maxExtensionBytes = 32
    private static let fallback = "file"

    private var taken: Set<String> = []
    /// Where to continue counting, for a name that is wanted again and again.
    private var counters: [String: Int] = [:]

    package init() {}

    /// Returns `filename` in a form that may be unpacked anywhere. If another entry already has the name, a number goes
    /// before the extension.
    package mutating func name(for filename: String) -> String {
        let safe = Self.safe(filename)
        let folded = Self.folded(safe)
        if taken.insert(folded).inserted { return safe }
        let (stem, fileExtension) = Self.split(safe)
        var number = counters[folded, default: 2]
        while true {
            let name = Self.fit(stem, " (\(number))" + fileExtension)
            number += 1
            if taken.insert(Self.folded(name)).inserted {
                counters[folded] = number
                return name
            }
        }
    }

    /// Swift compares strings by canonical equivalence, so the Unicode form needs no extra work. Upper case comes first
    /// for the letters that only it makes equal: `ß` and `SS`, `ﬁ` and `FI`.
    private static func folded(_ name: String) -> String { name.uppercased().lowercased() }

    /// Replaces everything that is a path, a stream, a device or a pattern on some system, or that reverses the
    /// direction of reading.
    private static func safe(_ filename: String) -> String {
        let scalars = filename.unicodeScalars.map { isPlain($0) ? Character($0) : "_" }
        var name = String(scalars)
        // Windows drops trailing dots and spaces.
        while name.last == "." || name.last == " " { name.removeLast() }
        if name.isEmpty { return fallback }
        let (stem, fileExtension) = split(name)
        return fit((isDevice(name) ? "_" : "") + stem, fileExtension)
    }

    /// Whether Windows opens a device instead: it looks at what is before the first dot, without blanks at its end.
    private static func isDevice(_ name: String) -> Bool {
        var base = name.unicodeScalars.prefix { $0 != "." }
        while base.last == " " { base.removeLast() }
        return devices.contains(String(base).uppercased())
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: false
        default: !scalar.properties.isBidiControl && !"/\\:*?\"<>|".unicodeScalars.contains(scalar)
        }
    }

    /// The superscript digits count as digits there ("Naming Files, Paths, and Namespaces", Microsoft Learn).
    private static let devices: Set<String> = Set(
        ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$"]
            + "0123456789¹²³".flatMap { ["COM\($0)", "LPT\($0)"] }
    )

    /// The extension includes its dot, and is at most 32 bytes long; anything longer is part of the stem.
    private static func split(_ name: String) -> (stem: Substring, fileExtension: Substring) {
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex, name[dot...].utf8.count <= maxExtensionBytes
        else { return (name[...], "") }
        return (name[..<dot], name[dot...])
    }

    /// Joins both, with the stem shortened to the 255 bytes that may be unpacked. Cuts whole scalars, since part of a
    /// scalar is not UTF-8.
    private static func fit(_ stem: some StringProtocol, _ rest: some StringProtocol) -> String {
        var scalars = String(stem).unicodeScalars
        var excess = scalars.reduce(0) { $0 + UTF8.width($1) } + rest.utf8.count - maxBytes
        while excess > 0, let last = scalars.popLast() { excess -= UTF8.width(last) }
        return String(scalars) + rest
    }
}
