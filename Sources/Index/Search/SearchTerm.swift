/// What somebody looks for in texts: a substring, without regard to case, every character standing for itself.
///
/// Characters are Unicode scalars and case is one to one, as in SQLite's trigrams: `É` finds `é`, but `ss` finds no
/// `ß`, and a composed letter finds no decomposed one.
struct SearchTerm: Equatable {
    private let scalars: [Unicode.Scalar]

    /// Nil when there is nothing to look for.
    init?(_ text: String?) {
        guard let text, !text.isEmpty else { return nil }
        scalars = Array(text.unicodeScalars)
    }

    /// In scalars. A pattern may take as many steps as its length times the text's, and has a limit of its own.
    static let maxLength = 1_000

    /// Whether nothing is found: the term is too long, or has U+0000, which is refused at the edge and would end an
    /// FTS5 query in the middle.
    var findsNothing: Bool { scalars.count > Self.maxLength || scalars.contains("\0") }

    /// The FTS5 query for texts that have trigrams of the term, a few of them maybe elsewhere than in the term; nil when
    /// it is shorter than a trigram.
    ///
    /// Every other trigram: their neighbours are read for long and exclude little. But all with a space, which are the
    /// rare ones: they exclude most of the texts that have the words apart. And no more than `maxTrigrams`: a longer
    /// term is as good as found, and the pattern decides anyway.
    var trigramQuery: String? {
        guard scalars.count >= 3 else { return nil }
        let last = scalars.count - 3
        let starts = (0...last).lazy.filter {
            $0.isMultiple(of: 2) || $0 == last || scalars[$0..<$0 + 3].contains(" ")
        }
        return starts.prefix(Self.maxTrigrams).map { start in
            let trigram = scalars[start..<start + 3].map { $0 == "\"" ? "\"\"" : String($0) }
            return "\"\(trigram.joined())\""
        }
        .joined(separator: " AND ")
    }

    private static let maxTrigrams = 32

    /// The pattern of SQLite's GLOB for texts with the term. Not LIKE, which knows the case of ASCII letters only.
    var pattern: String {
        "*\(scalars.map(Self.glob).joined())*"
    }

    private static func glob(_ scalar: Unicode.Scalar) -> String {
        let mappings = [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping].map(\.unicodeScalars)
        let others = mappings.filter { $0.count == 1 && $0.first != scalar }
        // In brackets nothing is special here: no variant is `]`, `-` or `^`, which have no case.
        if !others.isEmpty { return "[\(scalar)\(others.map { String($0) }.joined())]" }
        return "*?[".unicodeScalars.contains(scalar) ? "[\(scalar)]" : String(scalar)
    }
}
