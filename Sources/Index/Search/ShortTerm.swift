// A term of one or two characters has no trigram, but begins some: each character of a text begins one, because two
// U+0001 stand behind the text (`searched_texts`). So a text has the term when it has one of those. The vocabulary of
// the full-text index has them side by side. A term that few texts have begins few, whatever is stored.

/// To look at so many takes as long as to read the texts until one in some thousand has filled a page.
private let mostTrigrams = 500

extension Querying {
    /// The FTS5 query for texts that have a term of one or two scalars; empty when nothing has it, and nil when more
    /// than ``mostTrigrams`` begin with it, so that it is frequent.
    func shortQuery(_ term: SearchTerm) throws -> String? {
        var trigrams: [String] = []
        for start in try folded(term) {
            let last = start + String(repeating: "\u{10FFFF}", count: 3 - start.unicodeScalars.count)
            let found: [String] = try all(SQL.trigrams, [start, last, mostTrigrams + 1 - trigrams.count])
            trigrams += found
            if trigrams.count > mostTrigrams { return nil }
        }
        return trigrams.map { SearchTerm.quoted($0.unicodeScalars) }.joined(separator: " OR ")
    }

    /// What the full-text index makes of the term in each of its cases: one text as a rule. The index is asked, because
    /// it knows other cases than Swift does.
    private func folded(_ term: SearchTerm) throws -> [String] {
        let forms = term.scalars.reduce([""]) { starts, scalar in
            starts.flatMap { start in SearchTerm.forms(of: scalar).map { start + String($0) } }
        }
        guard case .sqlite(let sqlite) = connection else { throw IndexError.unexpected }
        let missing = 3 - term.scalars.count
        // As scalars: to Swift, some texts are equal that the index tells apart.
        let folded = try Set(
            forms.map { form in
                let trigram = try sqlite.trigram(form + String(repeating: "\u{1}", count: missing))
                return Array(trigram.unicodeScalars.dropLast(missing))
            }
        )
        return folded.map { String(String.UnicodeScalarView($0)) }
    }
}

private enum SQL {
    /// Jumps from trigram to trigram: a row of the vocabulary is a text that has one.
    static let trigrams = """
        WITH RECURSIVE found (term) AS (
            SELECT (SELECT term FROM search_trigrams WHERE term BETWEEN ?1 AND ?2 LIMIT 1)
            UNION ALL
            SELECT (SELECT term FROM search_trigrams WHERE term BETWEEN found.term || char(1) AND ?2 LIMIT 1)
            FROM found WHERE term IS NOT NULL
        )
        SELECT term FROM found WHERE term IS NOT NULL LIMIT ?3
        """
}
