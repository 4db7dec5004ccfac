/// How long a sound or a film plays, as its header says.
package enum PlayingTime {
    /// In seconds; nil when the bytes are no WAV, FLAC, MP3 with a Xing header, MP4 or WebM, or do not say.
    package static func seconds(of file: MediaFile) throws -> Double? {
        let head = try file.bytes(16, at: 0)
        let seconds: Double? =
            if head.has("RIFF"), head.has("WAVE", at: 8) {
                try wave(file)
            } else if head.has("fLaC") {
                flac(try file.bytes(26, at: 0))
            } else if head.has("ftyp", at: 4) {
                try mp4(file)
            } else if head.big(4, at: 0) == 0x1A45_DFA3 {
                try Matroska.seconds(of: file)
            } else {
                try mp3(file)
            }
        return seconds.flatMap { $0.isFinite && $0 > 0 ? $0 : nil }
    }

    private static func ratio(_ count: Int?, _ perSecond: Int?) -> Double? {
        guard let count, let perSecond, perSecond > 0 else { return nil }
        return Double(count) / Double(perSecond)
    }

    /// Formats whose bytes per second are exact: PCM, floating point, A-law and µ-law.
    private static let evenFormats: Set = [1, 3, 6, 7, 0xFFFE]

    private static func wave(_ file: MediaFile) throws -> Double? {
        var (offset, rate) = (Int64(12), Int?.none)
        for _ in 0..<MediaFile.mostSteps {
            let chunk = try file.bytes(24, at: offset)
            guard let length = chunk.little(4, at: 4) else { return nil }
            if chunk.has("fmt "), let format = chunk.little(2, at: 8), evenFormats.contains(format) {
                rate = chunk.little(4, at: 16)
            } else if chunk.has("data") {
                // A recorder that was cut off has not written the length.
                return ratio(min(length, Int(file.size - offset) - 8), rate)
            }
            offset += 8 + Int64(length + length & 1)
        }
        return nil
    }

    /// RFC 9639 section 8.2.
    private static func flac(_ head: MediaFile.Part) -> Double? {
        guard head.big(1, at: 4).map({ $0 & 0x7F }) == 0, let bits = head.big(4, at: 18).map({ $0 >> 12 }) else {
            return nil
        }
        return ratio(head.big(5, at: 21).map { $0 & 0xF_FFFF_FFFF }, bits)
    }

    /// The header box of the film, in the box `moov` (ISO/IEC 14496-12 section 8.2.2).
    private static func mp4(_ file: MediaFile) throws -> Double? {
        guard let film = try box("moov", 0..<file.size, of: file), let head = try box("mvhd", film, of: file) else {
            return nil
        }
        let bytes = try file.bytes(32, at: head.lowerBound)
        if bytes.big(1, at: 0) == 1 { return ratio(bytes.big(8, at: 24), bytes.big(4, at: 20)) }
        return ratio(bytes.big(4, at: 16).flatMap { $0 == 0xFFFF_FFFF ? nil : $0 }, bytes.big(4, at: 12))
    }

    /// What is in the first box of a name.
    private static func box(_ name: String, _ range: Range<Int64>, of file: MediaFile) throws -> Range<Int64>? {
        var offset = range.lowerBound
        for _ in 0..<MediaFile.mostSteps where offset < range.upperBound {
            let head = try file.bytes(16, at: offset)
            guard var length = head.big(4, at: 0).map(Int64.init) else { return nil }
            var start = offset + 8
            if length == 1, let large = head.big(8, at: 8) { (length, start) = (Int64(large), offset + 16) }
            if length == 0 { length = range.upperBound - offset }
            guard length >= start - offset, length <= range.upperBound - offset else { return nil }
            if head.has(name, at: 4) { return start..<offset + length }
            offset += length
        }
        return nil
    }

    /// The rates of MPEG 1; those of MPEG 2 and 2.5 are a half and a quarter.
    private static let rates = [44_100, 48_000, 32_000]

    /// The first frame of a file with a varying rate of bits tells how many there are.
    private static func mp3(_ file: MediaFile) throws -> Double? {
        let tag = try file.bytes(10, at: 0)
        var offset: Int64 = 0
        if tag.has("ID3"), tag.bytes.count == 10 {
            offset = 10 + tag.bytes[6...9].reduce(0) { $0 << 7 | Int64($1 & 0x7F) }
        }
        let frame = try file.bytes(64, at: offset)
        // Eleven bits that are set, layer III.
        guard let head = frame.big(4, at: 0), head >> 21 == 0x7FF, head >> 17 & 3 == 1 else { return nil }
        let (version, rate, isMono) = (head >> 19 & 3, head >> 10 & 3, head >> 6 & 3 == 3)
        guard version != 1, rate != 3 else { return nil }
        let place = 4 + (version == 3 ? (isMono ? 17 : 32) : (isMono ? 9 : 17))
        guard frame.has("Xing", at: place) || frame.has("Info", at: place),
            let flags = frame.big(4, at: place + 4), flags & 1 == 1, let count = frame.big(4, at: place + 8)
        else { return nil }
        let (samples, divisor) = version == 3 ? (1152, 1) : (576, version == 2 ? 2 : 4)
        return ratio(count * samples, rates[rate] / divisor)
    }
}
