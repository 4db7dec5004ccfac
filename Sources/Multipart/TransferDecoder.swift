import NIOCore

/// How the data of a part are coded: `Content-Transfer-Encoding` (RFC 2045 section 6).
///
/// RFC 7578 advises against it, but clients do it (`curl -F 'file=@x;encoder=base64'`).
enum TransferCoding: Equatable, Sendable {
    case identity, base64, quotedPrintable
    /// One that we cannot undo.
    case unknown

    init(token: String) {
        self =
            switch token {
            case "", "7bit", "8bit", "binary": .identity
            case "base64": .base64
            case "quoted-printable": .quotedPrintable
            default: .unknown
            }
    }
}

/// Undoes the coding of a part's data as they come. What it gives does not depend on how they are cut.
struct TransferDecoder: Sendable {
    private let coding: TransferCoding
    private var base64 = Base64Decoder()
    private var quoted = QuotedPrintableDecoder()
    /// Whether a byte came that cannot stand where it did. Nothing is decoded any more.
    private(set) var isBroken = false

    init(_ coding: TransferCoding) {
        self.coding = coding
    }

    /// Whether the data may end here.
    var isWhole: Bool {
        switch coding {
        case .identity, .unknown: true
        case .base64: !isBroken && base64.isWhole
        case .quotedPrintable: !isBroken && quoted.isWhole
        }
    }

    /// What the bytes mean up to the first that cannot be; none for bytes that only mean something with the next.
    mutating func decode(_ bytes: ByteBuffer) -> ByteBuffer {
        switch coding {
        case .identity, .unknown: return bytes
        case .base64: return decode(bytes) { $0.base64.take($1) }
        case .quotedPrintable: return decode(bytes) { $0.quoted.take($1) }
        }
    }

    private mutating func decode(_ bytes: ByteBuffer, _ take: (inout Self, UInt8) -> Decoded) -> ByteBuffer {
        var decoded = ByteBuffer()
        decoded.writeWithUnsafeMutableBytes(minimumWritableBytes: bytes.readableBytes) { room in
            var count = 0
            for byte in bytes.readableBytesView where !isBroken {
                switch take(&self, byte) {
                case .nothing: break
                case .byte(let meant):
                    room[count] = meant
                    count += 1
                case .broken: isBroken = true
                }
            }
            return count
        }
        return decoded
    }
}

/// What one more byte has given.
private enum Decoded {
    case nothing, broken
    case byte(UInt8)
}

/// Base64 with white space anywhere (RFC 2045 section 6.8). The padding may be missing, as nothing is lost by that.
private struct Base64Decoder: Sendable {
    private var bits: UInt32 = 0
    private var digitCount = 0
    private var paddingCount = 0

    var isWhole: Bool {
        switch digitCount % 4 {
        case 0: paddingCount == 0
        case 2: paddingCount == 0 || paddingCount == 2
        case 3: paddingCount < 2
        default: false
        }
    }

    mutating func take(_ byte: UInt8) -> Decoded {
        switch byte {
        case .space, .tab, .carriageReturn, .lineFeed: return .nothing
        case .equals:
            paddingCount += 1
            return digitCount % 4 >= 2 && digitCount % 4 + paddingCount <= 4 ? .nothing : .broken
        default:
            guard paddingCount == 0, let digit = Self.digit(byte) else { return .broken }
            bits = bits << 6 | digit
            digitCount += 1
            // The first digit of four completes no byte; the others leave 4, 2 and 0 bits for the next.
            let left = UInt32(8 - digitCount % 4 * 2) % 8
            return digitCount % 4 == 1 ? .nothing : .byte(UInt8(truncatingIfNeeded: bits >> left))
        }
    }

    private static func digit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}

/// Quoted-printable (RFC 2045 section 6.7). Blanks at the end of a line stay: only mail relays add any.
private struct QuotedPrintableDecoder: Sendable {
    private enum State {
        case plain
        /// After `=`, or after `=` and blanks, which only a line end may follow.
        case escape, blanks
        case digit(UInt8)
        /// After `=` and CR, blanks between them or not.
        case lineEnd
    }

    private var state = State.plain

    var isWhole: Bool { if case .plain = state { true } else { false } }

    mutating func take(_ byte: UInt8) -> Decoded {
        switch state {
        case .plain where byte == .equals: state = .escape
        case .plain: return .byte(byte)
        case .escape where byte.isBlank, .blanks where byte.isBlank: state = .blanks
        case .escape where byte == .carriageReturn, .blanks where byte == .carriageReturn: state = .lineEnd
        case .escape where byte == .lineFeed, .blanks where byte == .lineFeed, .lineEnd where byte == .lineFeed:
            state = .plain
        case .escape:
            guard let digit = byte.hexValue else { return .broken }
            state = .digit(digit)
        case .digit(let high):
            guard let low = byte.hexValue else { return .broken }
            state = .plain
            return .byte(high << 4 | low)
        case .blanks, .lineEnd: return .broken
        }
        return .nothing
    }
}
