import Glibc

extension UnsafeRawBufferPointer {
    /// Where a word first stands at or behind an offset. Takes time in proportion to the bytes, as words are short.
    func range(of word: StaticString, from start: Int = 0) -> Range<Int>? {
        word.withUTF8Buffer { range(of: UnsafeRawBufferPointer($0), from: start) }
    }

    func range(of word: UnsafeRawBufferPointer, from start: Int = 0) -> Range<Int>? {
        guard let base = baseAddress, let wordBase = word.baseAddress else { return nil }
        var at = start
        while at + word.count <= count {
            guard let hit = memchr(base + at, Int32(word[0]), count - word.count - at + 1) else { return nil }
            at = UnsafeRawPointer(hit) - base
            if memcmp(hit, wordBase, word.count) == 0 { return at..<at + word.count }
            at += 1
        }
        return nil
    }
}
