import Testing

@testable import Index

@Suite("Normal forms of Unicode")
struct NormalFormTests {
    /// The standard library compares texts by canonical equivalence, with tables of its own.
    private static func check(_ text: String) -> Bool {
        let (composed, decomposed) = (text.composed, text.decomposed)
        return composed == text && decomposed == text
            && decomposed.composed.unicodeScalars.elementsEqual(composed.unicodeScalars)
            && composed.decomposed.unicodeScalars.elementsEqual(decomposed.unicodeScalars)
    }

    @Test("every character has both, means the same in them, and comes from the one to the other")
    func everyScalar() {
        let wrong = (UInt32(0)...0x10FFFF).compactMap(Unicode.Scalar.init)
            .filter { !Self.check("a\($0)\u{301}") }
        #expect(wrong.isEmpty, "\(wrong.map { String($0.value, radix: 16) })")
    }

    @Test("so do texts that are empty or long, have U+0000, or begin with a mark")
    func odd() {
        for text in ["", "a\0b", "\u{301}", String(repeating: "e\u{301}\u{323}", count: 100_000), "각"] {
            #expect(Self.check(text))
        }
        #expect("e\u{301}".composed.unicodeScalars.elementsEqual(["\u{E9}"]))
        #expect("\u{E9}".decomposed.unicodeScalars.elementsEqual(["e", "\u{301}"]))
    }
}
