import Glibc

/// One file of an archive: everything that is known before its bytes are sent.
package struct ZipEntry: Sendable, Equatable {
    /// How the bytes of an entry are written; the raw value is the method's number (APPNOTE section 4.4.5).
    package enum Method: UInt16, Sendable {
        case stored = 0
        case deflated = 8
    }

    /// Where it is unpacked to: at most 65 535 bytes of UTF-8. Names from ``EntryNames`` are safe and differ from each
    /// other.
    package let name: String
    /// The size of the unpacked bytes.
    package let size: Int64
    /// The CRC-32 of the unpacked bytes.
    package let crc32: UInt32
    /// Seconds since 1970.
    package let modified: Int64
    package let method: Method

    /// Checks nothing: the name's length and the numbers are the caller's responsibility.
    package init(name: String, size: Int64, crc32: UInt32, modified: Int64, method: Method) {
        self.name = name
        self.size = size
        self.crc32 = crc32
        self.modified = modified
        self.method = method
    }

    /// Whether the sizes need 64 bits.
    ///
    /// This must be known before the first byte is sent. Deflating makes incompressible bytes a little larger (5 bytes
    /// in 16 KiB), so the limit leaves room for that.
    var isLarge: Bool { size >= (method == .stored ? Int64(UInt32.max) : Int64(UInt32.max) / 1024 * 1023) }

    /// Date and time as MS-DOS stores them (section 4.4.6), in UTC: exact to two seconds, from 1980 to 2107.
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
