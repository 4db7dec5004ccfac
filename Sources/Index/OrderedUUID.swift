import Synchronization

/// Makes ids: UUIDs of version 7 (RFC 9562 section 5.7) in lower-case text, so that text order is the order of
/// creation.
///
/// Each one is greater than all before it in this process, even when the clock stands still or goes back. Each one is
/// also greater than the ids of all messages already in the index, should the clock have gone back between two runs.
enum OrderedUUID {
    /// 48 bits of milliseconds and, below them, a 12-bit counter: the ordered part of the last id.
    private static let last = Mutex<UInt64>(0)

    /// A new one, of which 62 bits are random.
    static func make(at time: Timestamp = .now()) -> String {
        let milliseconds = UInt64(clamping: time.milliseconds) & 0xffff_ffff_ffff
        // The counter starts at random in its lower half. If it overflows within a millisecond, it carries into the
        // milliseconds: ids then run slightly ahead of the clock and stay ordered.
        let earliest = milliseconds << 12 | UInt64.random(in: 0..<0x800)
        let ordered = last.withLock { last in
            last = max(earliest, last + 1)
            return last
        }
        let high = (ordered >> 12) << 16 | 0x7000 | ordered & 0xfff
        let low = 0x8000_0000_0000_0000 | UInt64.random(in: 0..<0x4000_0000_0000_0000)
        return text(high, low)
    }

    /// Smaller than every one that is made after that time, unless the clock went back.
    static func earliest(at time: Timestamp) -> String {
        text((UInt64(clamping: time.milliseconds) & 0xffff_ffff_ffff) << 16 | 0x7000, 0x8000_0000_0000_0000)
    }

    /// Makes all later ones greater than `text`. Ignores a text that is not one of ours.
    static func `continue`(after text: String) {
        guard isValid(text), let high = UInt64(text.filter { $0 != "-" }.prefix(16), radix: 16) else { return }
        last.withLock { last in last = max(last, (high >> 16) << 12 | high & 0xfff) }
    }

    /// Whether `text` has the form of our ids. That says nothing about whether such a row exists.
    static func isValid(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count == 36 else { return false }
        return bytes.indices.allSatisfy { position in
            switch position {
            case 8, 13, 18, 23: bytes[position] == UInt8(ascii: "-")
            case 14: bytes[position] == UInt8(ascii: "7")
            case 19: "89ab".utf8.contains(bytes[position])
            default: "0123456789abcdef".utf8.contains(bytes[position])
            }
        }
    }

    private static func text(_ high: UInt64, _ low: UInt64) -> String {
        String(unsafeUninitializedCapacity: 36) { text in
            var position = 0
            for nibble in 0..<32 {
                if [8, 12, 16, 20].contains(nibble) {
                    text[position] = UInt8(ascii: "-")
                    position += 1
                }
                let value = UInt8((nibble < 16 ? high : low) >> UInt64(60 - nibble % 16 * 4) & 0xf)
                text[position] = value < 10 ? 48 + value : 87 + value
                position += 1
            }
            return 36
        }
    }
}
