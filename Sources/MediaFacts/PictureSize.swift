/// How many pixels a picture has, as its header says. A rotation that it may ask for is left aside.
package struct PictureSize: Sendable, Equatable {
    package let width: Int
    package let height: Int

    /// Nil when the bytes are no PNG, JPEG, GIF or WebP, or do not say.
    package init?(of file: MediaFile) throws {
        let head = try file.bytes(32, at: 0)
        let sides: (Int?, Int?)? =
            if head.has("PNG\r\n", at: 1), head.has("IHDR", at: 12) {
                (head.big(4, at: 16), head.big(4, at: 20))
            } else if head.has("GIF8") {
                (head.little(2, at: 6), head.little(2, at: 8))
            } else if head.has("RIFF"), head.has("WEBP", at: 8) {
                Self.webP(head)
            } else if head.big(2, at: 0) == 0xFFD8 {
                try Self.jpeg(file)
            } else {
                nil
            }
        guard let sides, let width = sides.0, let height = sides.1, width > 0, height > 0 else { return nil }
        (self.width, self.height) = (width, height)
    }

    /// The three kinds of a first chunk (RFC 9649 sections 2.5 to 2.7).
    private static func webP(_ head: MediaFile.Part) -> (Int?, Int?)? {
        if head.has("VP8 ", at: 12) {
            return (head.little(2, at: 26).map { $0 & 0x3FFF }, head.little(2, at: 28).map { $0 & 0x3FFF })
        }
        if head.has("VP8L", at: 12) {
            let bits = head.little(4, at: 21)
            return (bits.map { $0 & 0x3FFF + 1 }, bits.map { $0 >> 14 & 0x3FFF + 1 })
        }
        guard head.has("VP8X", at: 12) else { return nil }
        return (head.little(3, at: 24).map { $0 + 1 }, head.little(3, at: 27).map { $0 + 1 })
    }

    /// From the segment that begins a frame (ITU-T T.81 section B.2.2).
    private static func jpeg(_ file: MediaFile) throws -> (Int?, Int?)? {
        var offset: Int64 = 2
        for _ in 0..<MediaFile.mostSteps {
            let segment = try file.bytes(9, at: offset)
            guard segment.bytes.first == 0xFF, let marker = segment.big(1, at: 1) else { return nil }
            if marker == 0xFF {
                offset += 1
            } else if (0xC0...0xCF).contains(marker), ![0xC4, 0xC8, 0xCC].contains(marker) {
                return (segment.big(2, at: 7), segment.big(2, at: 5))
            } else {
                guard let length = segment.big(2, at: 2) else { return nil }
                offset += 2 + Int64(length)
            }
        }
        return nil
    }
}
