/// Looks for a ``SearchTerm`` in a text, in one pass whatever the two are.
///
/// Each scalar of the text is one step for every 64 scalars of the term. SQLite's GLOB would do too, but tries again
/// from each place in the text: `aaa…b` in a text of a million `a` took 18 s.
///
/// The method is Shift-And (Baeza-Yates and Gonnet, 1992). Bit `n` of the state says that the text read so far ends
/// with the first `n + 1` scalars of the term. A scalar of the text leaves the bits of the places where the term takes
/// it.
final class SubstringMatcher {
    private let words: Int
    /// The places at which each scalar may stand, in `words` words for each; ASCII first, at its code.
    private var places: [UInt64]
    /// Where in `places` the words of the other scalars begin.
    private var others: [UInt32: Int] = [:]
    /// The last place, in the last word.
    private let end: UInt64

    init(_ term: SearchTerm) {
        let count = term.scalars.count
        words = max(1, (count + 63) / 64)
        places = Array(repeating: 0, count: 128 * words)
        end = count == 0 ? 0 : 1 << UInt64((count - 1) % 64)
        for (place, scalar) in term.scalars.enumerated() {
            for form in SearchTerm.forms(of: scalar) {
                places[start(of: form.value) + place / 64] |= 1 << UInt64(place % 64)
            }
        }
    }

    /// Where in `places` the words of a scalar of the term begin.
    private func start(of scalar: UInt32) -> Int {
        if scalar < 128 { return Int(scalar) * words }
        if let start = others[scalar] { return start }
        defer { places += Array(repeating: 0, count: words) }
        others[scalar] = places.count
        return places.count
    }

    /// Whether the term is in the first `limit` scalars of `text`, which is valid UTF-8. An empty term is in every
    /// text.
    func isFound(in text: UnsafeBufferPointer<UInt8>, limit: Int) -> Bool {
        if end == 0 { return true }
        return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: words) { state in
            state.initialize(repeating: 0)
            var (position, left) = (0, limit)
            while position < text.count, left > 0 {
                if step(state, Self.scalar(text, &position)) { return true }
                left -= 1
            }
            return false
        }
    }

    /// Takes one scalar of the text. True when the term ends with it.
    @inline(__always)
    private func step(_ state: UnsafeMutableBufferPointer<UInt64>, _ scalar: UInt32) -> Bool {
        guard let start = scalar < 128 ? Int(scalar) * words : others[scalar] else {
            state.update(repeating: 0)
            return false
        }
        var carry: UInt64 = 1
        for word in 0..<words {
            let shifted = state[word] << 1 | carry
            carry = state[word] >> 63
            state[word] = shifted & places[start + word]
        }
        return state[words - 1] & end != 0
    }

    /// The scalar at `position`, which moves behind it.
    @inline(__always)
    private static func scalar(_ text: UnsafeBufferPointer<UInt8>, _ position: inout Int) -> UInt32 {
        let lead = UInt32(text[position])
        position += 1
        if lead < 0x80 { return lead }
        let following = lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3
        var scalar = lead & (0x3F >> UInt32(following))
        for _ in 0..<following where position < text.count {
            scalar = scalar << 6 | UInt32(text[position] & 0x3F)
            position += 1
        }
        return scalar
    }
}
