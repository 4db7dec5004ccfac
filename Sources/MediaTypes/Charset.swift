import CMagic
import Glibc
import NIOCore

/// The charsets that a text may have in answers.
///
/// A charset other than UTF-8 and UTF-16 is only ever a declared one: bytes of Windows-1251, GBK and ISO-8859-1 look
/// alike, and a browser that is told nothing guesses better than libmagic.
package enum Charset {
    static let utf8 = "utf-8"

    /// The charset for a label in any case; nil when we do not serve it. Each has ASCII in it, so that no harmless
    /// letters spell markup as in `utf-7`, and every browser knows it.
    static func named(_ label: String) -> String? {
        let label = label.lowercased()
        return names.keys.contains(label) ? label : otherLabels[label]
    }

    /// Whether a stored charset may be sent: one of the above, or one that the bytes themselves mark.
    static func isServed(_ charset: String) -> Bool { marked.contains(charset) || names.keys.contains(charset) }

    /// Whether the bytes are text in this charset. With `isCut` the last character may be incomplete.
    static func decodes(_ bytes: UnsafeRawBufferPointer, as charset: String, isCut: Bool) -> Bool {
        guard let decoder = Decoder(charset) else { return false }
        let (_, problem) = decoder.decode(bytes)
        return problem == nil || problem == .incomplete && isCut
    }

    /// The bytes as text. What is not text in their charset becomes U+FFFD. Without a charset they are UTF-8, or else
    /// ISO-8859-1 if they can be; nil if not. A byte order mark is left out, and U+0000, which no string of ours has.
    package static func text(_ bytes: ByteBuffer, charset: String?) -> String? {
        let text: String? = bytes.withUnsafeReadableBytes { bytes in
            switch charset {
            case "utf-16le": String(decoding: units(bytes, UInt16.init(littleEndian:)), as: UTF16.self)
            case "utf-16be": String(decoding: units(bytes, UInt16.init(bigEndian:)), as: UTF16.self)
            case let charset? where names.keys.contains(charset):
                decoded(bytes, as: charset) ?? String(decoding: bytes, as: UTF8.self)
            case utf8: String(decoding: bytes, as: UTF8.self)
            default: String(validating: bytes, as: UTF8.self) ?? latin1(bytes)
            }
        }
        guard let text, text.utf8.contains(0) || text.unicodeScalars.first == "\u{FEFF}" else { return text }
        let scalars = text.unicodeScalars.drop { $0 == "\u{FEFF}" }.filter { $0 != "\0" }
        return String(String.UnicodeScalarView(scalars))
    }

    /// Nil when there are bytes that ISO-8859-1 has no letter for.
    private static func latin1(_ bytes: UnsafeRawBufferPointer) -> String? {
        bytes.contains { (0x80..<0xA0).contains($0) } ? nil : decoded(bytes, as: "iso-8859-1")
    }

    private static func units(_ bytes: UnsafeRawBufferPointer, _ order: (UInt16) -> UInt16) -> [UInt16] {
        stride(from: 0, to: bytes.count & ~1, by: 2).map {
            order(bytes.loadUnaligned(fromByteOffset: $0, as: UInt16.self))
        }
    }

    private static func decoded(_ bytes: UnsafeRawBufferPointer, as charset: String) -> String? {
        guard let decoder = Decoder(charset) else { return nil }
        var (text, rest) = ("", bytes)
        while true {
            let (part, problem) = decoder.decode(rest)
            text += String(decoding: part.text, as: UTF8.self)
            guard problem != nil else { return text }
            text += "\u{FFFD}"
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(part.byteCount + 1))
        }
    }

    private static let marked: Set = [utf8, "utf-16le", "utf-16be"]

    /// By their names on the web: the names that glibc has for what browsers mean by them.
    private static let names: [String: String] = [
        "iso-8859-1": "ISO-8859-1", "gbk": "GB18030", "gb18030": "GB18030", "big5": "BIG5-HKSCS", "shift_jis": "CP932",
        "euc-jp": "EUC-JP", "euc-kr": "CP949", "koi8-r": "KOI8-R", "koi8-u": "KOI8-U",
    ].merging((1250...1258).map { ("windows-\($0)", "CP\($0)") }) { first, _ in first }
        .merging(([2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16]).map { ("iso-8859-\($0)", "ISO-8859-\($0)") }) { first, _ in
            first
        }

    private static let otherLabels = [
        "latin1": "iso-8859-1", "iso8859-1": "iso-8859-1", "gb2312": "gbk", "sjis": "shift_jis",
        "shift-jis": "shift_jis", "windows-31j": "shift_jis", "big5-hkscs": "big5", "ks_c_5601-1987": "euc-kr",
        "cp1250": "windows-1250", "cp1251": "windows-1251", "cp1252": "windows-1252",
    ]

    /// One conversion of the C library into UTF-8.
    private final class Decoder {
        enum Problem { case incomplete, invalid }

        private let conversion: iconv_t

        /// Nil when the system does not have the charset.
        init?(_ charset: String) {
            guard let name = Charset.names[charset], let conversion = iconv_open("UTF-8", name),
                conversion != iconv_t(bitPattern: -1)
            else { return nil }
            self.conversion = conversion
        }

        deinit { iconv_close(conversion) }

        /// The text up to the first problem, and how many bytes it comes from.
        func decode(_ bytes: UnsafeRawBufferPointer) -> (part: (text: [UInt8], byteCount: Int), problem: Problem?) {
            _ = iconv(conversion, nil, nil, nil, nil)
            // No charset here gives more than four bytes of UTF-8 for one of its own.
            var (left, problem) = (bytes.count, Problem?.none)
            let text = [UInt8](unsafeUninitializedCapacity: 4 * bytes.count + 4) { room, count in
                room.withMemoryRebound(to: CChar.self) { room in
                    var source = UnsafeMutablePointer(mutating: bytes.bindMemory(to: CChar.self).baseAddress)
                    var target = room.baseAddress
                    var free = room.count
                    let result = iconv(conversion, &source, &left, &target, &free)
                    problem = result == -1 ? (errno == EINVAL ? .incomplete : .invalid) : nil
                    // Where letters and their marks are two bytes, it keeps a letter back until it knows the next byte.
                    iconv(conversion, nil, nil, &target, &free)
                    count = room.count - free
                }
            }
            return ((text, bytes.count - left), problem)
        }
    }
}
