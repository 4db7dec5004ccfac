/// Containers that hold sound with or without pictures. libmagic takes most of them for films.
enum SoundAndPicture {
    /// The type of the sound alone; nil for anything but a film that has none, or that a hint calls sound.
    ///
    /// The bytes decide when they say that there are no pictures. Otherwise the hints choose, as browsers record voice
    /// in the same container, and the list of tracks may lie behind the sample.
    static func refine(_ answer: String, _ bytes: UnsafeRawBufferPointer, _ hints: TypeHints) -> String? {
        guard let sound = sounds[answer] else { return nil }
        return hints.meanSound || hasSoundOnly(answer, bytes) ? sound : nil
    }

    private static let sounds = [
        "video/mp4": "audio/mp4", "video/webm": "audio/webm", "video/x-matroska": "audio/x-matroska",
        "video/x-ms-asf": "audio/x-ms-wma", "video/3gpp": "audio/3gpp", "video/ogg": "audio/ogg",
        "application/ogg": "audio/ogg",
    ]

    private static func hasSoundOnly(_ answer: String, _ bytes: UnsafeRawBufferPointer) -> Bool {
        switch answer {
        case "video/webm", "video/x-matroska": hasMatroskaSoundOnly(bytes)
        case "video/mp4", "video/3gpp": hasMP4SoundOnly(bytes)
        case "video/x-ms-asf": contains(bytes, asfSound) && !contains(bytes, asfPicture)
        default: false
        }
    }

    /// Tracks name their codec: an element 86, its length, `A_…` or `V_…` (RFC 9559). Clusters with the data follow.
    private static func hasMatroskaSoundOnly(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var kinds: Set<UInt8> = []
        for index in bytes.indices.dropLast(4) {
            if bytes[index] == 0x1F, bytes[index...].starts(with: cluster) { break }
            guard bytes[index] == 0x86, bytes[index + 1] & 0x80 != 0, bytes[index + 3] == UInt8(ascii: "_") else {
                continue
            }
            kinds.insert(bytes[index + 2])
        }
        return kinds.contains(UInt8(ascii: "A")) && !kinds.contains(UInt8(ascii: "V"))
    }

    private static let cluster: [UInt8] = [0x1F, 0x43, 0xB6, 0x75]

    /// Each track of the box `moov` has a box `hdlr` that says what it is (ISO 14496-12). Only when all of `moov` is in
    /// the sample is it known that no other follows.
    private static func hasMP4SoundOnly(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var at = 0
        while at + 8 <= bytes.count {
            let size = Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self)))
            guard size >= 8, at + size <= bytes.count else { return false }
            let box = UnsafeRawBufferPointer(rebasing: bytes[at..<at + size])
            if box[4...].starts(with: "moov".utf8) {
                return contains(box, handler("soun")) && !contains(box, handler("vide"))
            }
            at += size
        }
        return false
    }

    private static func handler(_ kind: StaticString) -> [UInt8] {
        Array("hdlr".utf8) + [UInt8](repeating: 0, count: 8) + kind.withUTF8Buffer { Array($0) }
    }

    private static func contains(_ bytes: UnsafeRawBufferPointer, _ word: [UInt8]) -> Bool {
        word.withUnsafeBytes { bytes.range(of: $0) != nil }
    }

    /// The stream types of ASF (section 10.4), as they stand in a file.
    private static let asfSound: [UInt8] = [0x40, 0x9E, 0x69, 0xF8, 0x4D, 0x5B, 0xCF, 0x11]
    private static let asfPicture: [UInt8] = [0xC0, 0xEF, 0x19, 0xBC, 0x4D, 0x5B, 0xCF, 0x11]
}
