/// What kinds of bytes a sample has, for what is text although something in it is odd.
struct ByteCensus {
    /// How many bytes there are: all but zeros at the end, which crashed machines leave in logs. None behind a zero
    /// elsewhere is looked at, as then they are no text.
    private(set) var count: Int
    private(set) var hasZeros = false
    /// Control characters that no text needs: all but BEL to SI and ESC.
    private(set) var oddCount = 0
    /// Whether ESC selects two-byte characters, as ISO-2022-JP and its like do. Such bytes are ASCII, but mean others.
    private(set) var selectsCharacters = false
    /// How many characters of more than one byte there are, in UTF-8.
    private var wideCount = 0
    /// How many times the bytes are not UTF-8.
    private var brokenCount = 0
    /// Whether the only such place is a character of which at least two bytes are there, at the end.
    private var endsInCut = false

    /// - Parameter isCut: whether more bytes follow, which may complete the last character.
    init(_ bytes: UnsafeRawBufferPointer, isCut: Bool) {
        count = bytes.lastIndex { $0 != 0 }.map { $0 + 1 } ?? 0
        var index = 0
        while index < count, !hasZeros {
            let byte = bytes[index]
            guard byte >= 0x80 else {
                countASCII(byte, bytes, at: index)
                index += 1
                continue
            }
            let (length, wanted) = Self.scalar(bytes, at: index, end: count)
            let isAtEnd = index + length == count
            if length == wanted {
                wideCount += 1
            } else if !(isAtEnd && isCut && length < wanted && wanted > 1) {
                brokenCount += 1
                endsInCut = isAtEnd && length > 1
            }
            index += length
        }
    }

    /// Whether the bytes are UTF-8 beyond doubt: in other charsets, what is not ASCII is hardly ever UTF-8.
    var isSurelyUTF8: Bool {
        guard !selectsCharacters, !hasZeros else { return false }
        return brokenCount == 0 || wideCount >= 3 * brokenCount || brokenCount == 1 && endsInCut
    }

    var isUTF8: Bool { brokenCount == 0 && !hasZeros }

    /// Whether at most one of so many bytes is an odd control character.
    func hasFewOdd(oneIn share: Int) -> Bool { !hasZeros && count > 0 && oddCount * share <= count }

    private mutating func countASCII(_ byte: UInt8, _ bytes: UnsafeRawBufferPointer, at index: Int) {
        switch byte {
        case 0: hasZeros = true
        case 0x1B: selectsCharacters = selectsCharacters || Self.selectsCharacters(bytes, at: index)
        case 0x07...0x0F, 0x20..<0x7F: break
        default: oddCount += 1
        }
    }

    /// Whether ESC at this place begins `ESC $ @`, `ESC $ B`, `ESC $ ( C` or the like (ISO 2022, RFC 1468, RFC 1557).
    static func selectsCharacters(_ bytes: UnsafeRawBufferPointer, at index: Int) -> Bool {
        guard index + 2 < bytes.count, bytes[index + 1] == UInt8(ascii: "$") else { return false }
        return switch bytes[index + 2] {
        case UInt8(ascii: "@")...UInt8(ascii: "B"), UInt8(ascii: "(")...UInt8(ascii: "+"): true
        default: false
        }
    }

    /// How many bytes of a character there are at this place, and how many it should have; (1, 0) when none begins here.
    private static func scalar(_ bytes: UnsafeRawBufferPointer, at index: Int, end: Int) -> (length: Int, wanted: Int) {
        let (wanted, second): (Int, ClosedRange<UInt8>)
        switch bytes[index] {
        case 0xC2...0xDF: (wanted, second) = (2, 0x80...0xBF)
        case 0xE0: (wanted, second) = (3, 0xA0...0xBF)
        case 0xED: (wanted, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (wanted, second) = (3, 0x80...0xBF)
        case 0xF0: (wanted, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (wanted, second) = (4, 0x80...0xBF)
        case 0xF4: (wanted, second) = (4, 0x80...0x8F)
        default: return (1, 0)
        }
        var length = 1
        while length < wanted, index + length < end {
            let allowed = length == 1 ? second : 0x80...0xBF
            guard allowed.contains(bytes[index + length]) else { break }
            length += 1
        }
        return (length, wanted)
    }
}
