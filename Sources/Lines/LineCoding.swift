import Glibc

/// How the end of a line stands in a text: LF, as one byte or as a unit of UTF-16.
package enum LineCoding: UInt8, Sendable {
    /// In UTF-8 and all charsets that have ASCII in them, no other character has the byte 0x0A. Bytes that are no text
    /// are taken in the same way.
    case bytes = 1
    case utf16le
    case utf16be

    package init(charset: String?) {
        self =
            switch charset {
            case "utf-16le": .utf16le
            case "utf-16be": .utf16be
            default: .bytes
            }
    }

    /// How many bytes LF takes. All pieces of a text begin at a multiple of it.
    var unit: Int { self == .bytes ? 1 : 2 }

    private static var lf: UInt8 { 0x0A }
    private static var cr: UInt8 { 0x0D }

    /// As it lies in memory on this machine.
    private var wideLF: UInt16 { self == .utf16le ? UInt16(littleEndian: 0x0A) : UInt16(bigEndian: 0x0A) }

    /// How many lines end in these bytes.
    func countEnds(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard let base = bytes.baseAddress else { return 0 }
        return self == .bytes ? Self.countBytes(base, bytes.count) : countUnits(base, bytes.count / 2)
    }

    // Both add up in numbers as small as the units, so that the compiler takes many at a time, in runs in which they
    // cannot overflow. They are not one generic function, which would be a hundred times slower in a debug build.

    private static func countBytes(_ base: UnsafeRawPointer, _ count: Int) -> Int {
        let bytes = base.assumingMemoryBound(to: UInt8.self)
        var (total, at) = (0, 0)
        while at < count {
            let end = min(at + 240, count)
            var found: UInt8 = 0
            while at < end {
                found &+= bytes[at] == lf ? 1 : 0
                at &+= 1
            }
            total += Int(found)
        }
        return total
    }

    private func countUnits(_ base: UnsafeRawPointer, _ count: Int) -> Int {
        let wanted = wideLF
        var (total, at) = (0, 0)
        while at < count {
            let end = min(at + 4096, count)
            var found: UInt16 = 0
            while at < end {
                found &+= base.loadUnaligned(fromByteOffset: 2 &* at, as: UInt16.self) == wanted ? 1 : 0
                at &+= 1
            }
            total += Int(found)
        }
        return total
    }

    /// Where the first LF begins; nil when there is none.
    func firstEnd(in bytes: UnsafeRawBufferPointer) -> Int? {
        guard let base = bytes.baseAddress else { return nil }
        guard self == .bytes else { return (0..<bytes.count / 2).first { isWideEnd(bytes, $0) }.map { 2 * $0 } }
        return memchr(base, Int32(Self.lf), bytes.count).map { UnsafeRawPointer($0) - base }
    }

    /// Where the last LF begins; nil when there is none.
    func lastEnd(in bytes: UnsafeRawBufferPointer) -> Int? {
        guard self == .bytes else { return (0..<bytes.count / 2).last { isWideEnd(bytes, $0) }.map { 2 * $0 } }
        return bytes.lastIndex(of: Self.lf)
    }

    /// Whether the last unit is CR.
    func endsInReturn(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count >= unit else { return false }
        let last = bytes[(bytes.count - unit)...]
        return switch self {
        case .bytes: last.elementsEqual([Self.cr])
        case .utf16le: last.elementsEqual([Self.cr, 0])
        case .utf16be: last.elementsEqual([0, Self.cr])
        }
    }

    /// The most bytes, up to `limit`, that do not end within a character of UTF-8 or UTF-16.
    func wholePrefix(of bytes: [UInt8], limit: Int) -> Int {
        guard bytes.count > limit else { return bytes.count }
        guard self == .bytes else {
            let even = limit & ~1
            guard even + 1 < bytes.count else { return even }
            let isSecondOfTwo = bytes[self == .utf16le ? even + 1 : even] & 0xFC == 0xDC
            return isSecondOfTwo ? even - 2 : even
        }
        // A character has three such bytes at most; more are no UTF-8, and may be cut anywhere.
        return (limit - 3...limit).last { bytes[$0] & 0xC0 != 0x80 } ?? limit
    }

    private func isWideEnd(_ bytes: UnsafeRawBufferPointer, _ unit: Int) -> Bool {
        bytes.loadUnaligned(fromByteOffset: 2 * unit, as: UInt16.self) == wideLF
    }
}
