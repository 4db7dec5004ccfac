/// Matroska and WebM: elements within elements (RFC 8794 and RFC 9559).
enum Matroska {
    private static let (segment, info, cluster) = (0x1853_8067, 0x1549_A966, 0x1F43_B675)
    private static let (scale, duration) = (0x2A_D7B1, 0x4489)

    /// How long a film plays, as its `Info` says.
    static func seconds(of file: MediaFile) throws -> Double? {
        guard let whole = try element(segment, 0..<file.size, of: file),
            let info = try element(info, whole, of: file),
            let place = try element(duration, info, of: file)
        else { return nil }
        let bytes = try file.bytes(8, at: place.lowerBound)
        let ticks: Double? =
            switch place.count {
            case 4: bytes.big(4, at: 0).map { Double(Float(bitPattern: UInt32($0))) }
            case 8: bytes.big(8, at: 0).map { Double(bitPattern: UInt64($0)) }
            default: nil
            }
        // Nanoseconds for each tick; a million when nothing is said.
        var nanoseconds = 1_000_000
        if let place = try element(scale, info, of: file), (1...8).contains(place.count) {
            nanoseconds = try file.bytes(place.count, at: place.lowerBound).big(place.count, at: 0) ?? nanoseconds
        }
        return ticks.map { $0 * Double(nanoseconds) / 1e9 }
    }

    /// What is in the first element of an id, before the first cluster.
    private static func element(_ id: Int, _ range: Range<Int64>, of file: MediaFile) throws -> Range<Int64>? {
        var offset = range.lowerBound
        for _ in 0..<MediaFile.mostSteps where offset < range.upperBound {
            let head = try file.bytes(12, at: offset)
            guard let (found, idBytes) = number(head, at: 0, keepsMark: true), idBytes <= 4,
                let (length, lengthBytes) = number(head, at: idBytes, keepsMark: false), found != cluster
            else { return nil }
            let start = offset + Int64(idBytes + lengthBytes)
            // All bits set: it goes on until what holds it ends.
            let isOpen = length == 1 << (7 * lengthBytes) - 1
            let end = isOpen ? range.upperBound : start + Int64(length)
            guard start <= end, end <= range.upperBound || found == segment else { return nil }
            if found == id { return start..<min(end, range.upperBound) }
            offset = end
        }
        return nil
    }

    /// A number whose first bits tell how many bytes it has.
    private static func number(_ part: MediaFile.Part, at offset: Int, keepsMark: Bool) -> (Int, Int)? {
        guard let first = part.big(1, at: offset), first > 0 else { return nil }
        let count = UInt8(first).leadingZeroBitCount + 1
        guard let number = part.big(count, at: offset) else { return nil }
        return (keepsMark ? number : number & (1 << (7 * count) - 1), count)
    }
}
