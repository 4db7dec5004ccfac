/// Finds the first place in `bytes` with the whole `delimiter`, or else with its beginning at the very end.
///
/// Returns the offset, and how many bytes of the delimiter are there. If there are none, the offset is the end of
/// `bytes`. `delimiter` must have CR as its first byte and nowhere else.
///
/// It looks at sixteen places per step, and stops only where there is a CR and, at the right distance, the last byte of
/// the delimiter. So the speed hardly depends on the data; on some data `memchr` for CR and `memmem` are many times
/// slower (docs/performance/parser.md).
func firstMatch(
    of delimiter: UnsafeRawBufferPointer,
    in bytes: UnsafeRawBufferPointer
) -> (offset: Int, length: Int) {
    typealias Block = SIMD16<UInt8>
    let toLast = delimiter.count - 1
    let first = Block(repeating: .carriageReturn)
    let last = Block(repeating: delimiter[toLast])
    var at = 0
    while at + toLast + Block.scalarCount <= bytes.count {
        let firsts = bytes.loadUnaligned(fromByteOffset: at, as: Block.self) .== first
        let lasts = bytes.loadUnaligned(fromByteOffset: at + toLast, as: Block.self) .== last
        if any(firsts .& lasts),
            let match = firstMatch(of: delimiter, in: bytes, startingIn: at..<at + Block.scalarCount)
        {
            return match
        }
        at += Block.scalarCount
    }
    return firstMatch(of: delimiter, in: bytes, startingIn: at..<bytes.count) ?? (bytes.count, 0)
}

/// The same for a few starting places, one after the other; nil when there is no match.
private func firstMatch(
    of delimiter: UnsafeRawBufferPointer,
    in bytes: UnsafeRawBufferPointer,
    startingIn places: Range<Int>
) -> (offset: Int, length: Int)? {
    for offset in places where bytes[offset] == .carriageReturn {
        let rest = bytes[offset...].prefix(delimiter.count)
        if delimiter.starts(with: rest) { return (offset, rest.count) }
    }
    return nil
}
