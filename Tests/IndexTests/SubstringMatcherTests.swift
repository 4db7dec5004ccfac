import Testing

@testable import Index

@Suite("Looking for a term in a text")
struct SubstringMatcherTests {
    @Test("finds the same as comparing at every place, for terms of all lengths")
    func sameAsComparing() {
        var random = Numbers(state: 7)
        for length in [1, 2, 3, 63, 64, 65, 127, 128, 129, 1_000] {
            for _ in 0..<20 {
                let text = random.scalars(length + 200)
                let cut = Int(random.next() % 201)
                // Half of the terms are in the text, in the other case.
                let isTaken = random.next() % 2 == 0
                let inText = String(String.UnicodeScalarView(text[cut..<cut + length])).uppercased()
                let term = isTaken ? inText : String(String.UnicodeScalarView(random.scalars(length)))
                let all = String(String.UnicodeScalarView(text))
                #expect(finds(term, in: all) == compares(term, with: text), "\(term) in \(all)")
            }
        }
    }

    @Test("looks at the beginning of a text only")
    func limit() {
        #expect(finds("é", in: "aaaÉ", limit: 4))
        #expect(!finds("é", in: "aaaaÉ", limit: 4))
        #expect(finds("", in: "", limit: 4))
    }

    private func finds(_ term: String, in text: String, limit: Int = .max) -> Bool {
        let matcher = SubstringMatcher(SearchTerm(orEmpty: term))
        return Array(text.utf8).withUnsafeBufferPointer { matcher.isFound(in: $0, limit: limit) }
    }

    private func compares(_ term: String, with text: [Unicode.Scalar]) -> Bool {
        let forms = term.unicodeScalars.map(SearchTerm.forms)
        guard forms.count <= text.count else { return false }
        return (0...text.count - forms.count).contains { start in
            forms.indices.allSatisfy { forms[$0].contains(text[start + $0]) }
        }
    }
}

/// A few letters in an order that looks random and is always the same (xorshift).
private struct Numbers {
    private static let letters: [Unicode.Scalar] = ["a", "b", "A", "é", "É", "文", "🎉", "ſ"]
    var state: UInt64

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }

    mutating func scalars(_ count: Int) -> [Unicode.Scalar] {
        (0..<count).map { _ in Self.letters[Int(next() % UInt64(Self.letters.count))] }
    }
}
