import Glibc

/// One file of an archive, as it is known before its bytes are sent.
package struct ZipEntry: Sendable, Equatable {
    /// How the bytes of an entry are written; the raw value is the method's number (APPNOTE section 4.4.5).
    package enum Method: UInt16, Sendable {
        case stored = 0
        case deflated = 8
    }

    /// Where it is unpacked to: at most 65 535 bytes of UTF-8. Safe and unlike the others when ``EntryNames`` gave it.
    package let name: String
    /// Of the bytes as they are unpacked.
    package let size: Int64
    /// Of the bytes as they are unpacked.
    package let crc32: UInt32
    /// Seconds since 1970.
    package let modified: Int64
    package let method: Method

    /// An entry as given; nothing is checked.
    package init(name: String, size: Int64, crc32: UInt32, modified: Int64, method: Method) {
        self.name = name
        self.size = size
        self.crc32 = crc32
        self.modified = modified
        self.method = method
    }

    /// Whether the sizes take 64 bits. Known before the first byte is sent, so with room for the bit that incompressible
    /// bytes grow by when they are deflated (5 bytes in 16 KiB).
    var isLarge: Bool { size >= (method == .stored ? Int64(UInt32.max) : Int64(UInt32.max) / 1024 * 1023) }

    /// Date and time as MS-DOS has them (section 4.4.6), in UTC: two seconds exact, from 1980 to 2107.
    var dosTime: (time: UInt16, date: UInt16) {
        var seconds = time_t(modified)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        guard parts.tm_year >= 80 else { return (0, 1 << 5 | 1) }
        let year = min(Int(parts.tm_year) - 80, 127)
        let date = year << 9 | Int(parts.tm_mon + 1) << 5 | Int(parts.tm_mday)
        let time = Int(parts.tm_hour) << 11 | Int(parts.tm_min) << 5 | Int(parts.tm_sec) / 2
        return (UInt16(time), UInt16(date))
    }
}
