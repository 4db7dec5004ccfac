extension Collection where Element == UInt8, Index == Int {
    /// A number of so many bytes, the low one first, at an offset from the beginning.
    func number(_ count: Int, at offset: Int) -> Int64 {
        var number: UInt64 = 0
        for byte in self[(startIndex + offset)..<(startIndex + offset + count)].reversed() {
            number = number << 8 | UInt64(byte)
        }
        return Int64(clamping: number)
    }
}
