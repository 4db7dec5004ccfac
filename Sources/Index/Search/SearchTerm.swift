extension Message {
    /// How much of a text is searched, in Unicode scalars from its beginning. To index one costs the only writer up to
    /// 6 µs (docs/decisions/0026-work-is-bounded-by-who-asks-for-it.md).
    ///
    /// `CSchema/0001.sql` has the same number.
    package static let searchedLength = 16_384
}

/// A search for a substring, without regard to case. Every character stands for itself.
///
/// Characters are Unicode scalars, and case mapping is one to one, as in SQLite's trigrams: `É` finds `é`, but `ss`
/// does not find `ß`, and a composed letter does not find a decomposed one.
struct SearchTerm: Equatable {
    let text: String
    let scalars: [Unicode.Scalar]

    /// Nil when there is nothing to search for.
    init?(_ text: String?) {
        guard let text, !text.isEmpty else { return nil }
        self.init(orEmpty: text)
    }

    /// An empty one is in every text.
    init(orEmpty text: String) {
        self.text = text
        scalars = Array(text.unicodeScalars)
    }

    /// In scalars. A text is compared in as many steps for each of its scalars as the term has 64 of them.
    static let maxLength = 1_000

    /// Whether the term is too long or has U+0000. Such a text is refused before it is stored, and U+0000 would cut an
    /// FTS5 query short.
    var findsNothing: Bool { scalars.count > Self.maxLength || scalars.contains("\0") }

    /// The FTS5 query for texts that have the term's ``trigrams``.
    var trigramQuery: String? {
        trigrams?.map(Self.quoted).joined(separator: " AND ")
    }

    /// The trigrams that a text with the term has, though perhaps not together; nil when the term is shorter than one.
    ///
    /// Of a term longer than ``shortLength`` it is every second one, because those between take long to read and
    /// exclude little. It is also all trigrams with a space: they are rare, and exclude most texts that have the words
    /// apart. There are at most ``maxTrigrams``: by then hardly another text is left, and ``SubstringMatcher`` decides
    /// anyway. Each is there once, for each is read as often as it is asked for.
    var trigrams: [ArraySlice<Unicode.Scalar>]? {
        guard scalars.count >= 3 else { return nil }
        let last = scalars.count - 3
        let starts = (0...last).lazy.filter { [self] in
            scalars.count <= Self.shortLength || $0.isMultiple(of: 2) || $0 == last
                || scalars[$0..<$0 + 3].contains(" ")
        }
        var seen: Set<ArraySlice<Unicode.Scalar>> = []
        return starts.prefix(Self.maxTrigrams).map { scalars[$0..<$0 + 3] }.filter { seen.insert($0).inserted }
    }

    private static let maxTrigrams = 32
    private static let shortLength = 8

    /// A string of an FTS5 query.
    static func quoted(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        "\"\(scalars.map { $0 == "\"" ? "\"\"" : String($0) }.joined())\""
    }

    /// What a scalar of the term finds: itself, and its other case.
    static func forms(of scalar: Unicode.Scalar) -> Set<Unicode.Scalar> {
        let mappings = [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping].map(\.unicodeScalars)
        return Set([scalar] + mappings.filter { $0.count == 1 }.flatMap { $0 })
    }
}
