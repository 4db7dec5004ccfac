import CZlib

// An index as a file, in numbers of 8 bytes, the low byte first:
//
//     "placetL2"  size of the text  coding  lines  tally  the ends before each block and in all …  its SHA-256  CRC-32
//
// The tally is five numbers, each one more than what was counted; 0 says that there is none.
//
// The checksum is that of all before it. What is cut, damaged, of another release or of another text is no index.
extension LineIndex {
    private static let mark = UInt64(0x324C_7465_6361_6C70)
    private static let headNumbers = 9

    /// The most that ``encoded(of:)`` gives, in bytes.
    package static let mostBytes = 8 * (headNumbers + mostBlocks + 2) + 32

    /// - Parameter digest: the SHA-256 of the text.
    package func encoded(of digest: some Sequence<UInt8>) -> [UInt8] {
        let numbers = [Self.mark, UInt64(size), UInt64(coding.rawValue), UInt64(lineCount)] + tallyNumbers + endsBefore
        var bytes = numbers.map(\.littleEndian).withUnsafeBytes { Array($0) }
        bytes += digest
        withUnsafeBytes(of: Self.checksum(bytes[...]).littleEndian) { bytes += $0 }
        return bytes
    }

    /// Nil when the bytes are not the index of that text.
    package init?(_ bytes: [UInt8], of digest: some Collection<UInt8>, size: Int) {
        let count = Self.headNumbers + Self.blockCount(ofSize: size) + 1
        let end = 8 * count + digest.count
        guard bytes.count == end + 8, bytes[(8 * count)..<end].elementsEqual(digest) else { return nil }
        func number(at offset: Int) -> UInt64 {
            bytes.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) }
        }
        let numbers = (0..<count).map { number(at: 8 * $0) }
        guard number(at: end) == Self.checksum(bytes[..<end]), numbers[0] == Self.mark, numbers[1] == UInt64(size),
            let coding = LineCoding(rawValue: UInt8(clamping: numbers[2])), let lineCount = Int(exactly: numbers[3])
        else { return nil }
        self.init(
            size: size,
            coding: coding,
            endsBefore: Array(numbers[Self.headNumbers...]),
            lineCount: lineCount,
            tally: Self.tally(numbers[4..<Self.headNumbers].map { $0 == 0 ? nil : Int(exactly: $0 - 1) })
        )
    }

    private var tallyNumbers: [UInt64] {
        [tally?.errors, tally?.warnings, tally?.groups, tally?.firstError, tally?.milliseconds].map { number in
            number.map { UInt64($0) + 1 } ?? 0
        }
    }

    private static func tally(_ numbers: [Int?]) -> LineTally? {
        guard let errors = numbers[0], let warnings = numbers[1], let groups = numbers[2] else { return nil }
        return LineTally(
            errors: errors,
            warnings: warnings,
            groups: groups,
            firstError: numbers[3],
            milliseconds: numbers[4]
        )
    }

    private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.withUnsafeBufferPointer { UInt64(crc32_z(0, $0.baseAddress, $0.count)) }
    }
}
