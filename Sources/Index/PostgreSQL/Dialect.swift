/// What turns the text of a statement, as SQLite takes it, into one that PostgreSQL takes. It runs once for each
/// statement of a connection.
enum Dialect {
    /// Writes `?` as `$1`, `$2` …, and `?1` as `$1`; outside of quotes and comments.
    static func postgreSQL(_ sql: String) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(sql.utf8.count + 16)
        var number = 0
        var rest = Array(sql.utf8)[...]
        while let byte = rest.popFirst() {
            text.append(byte)
            switch byte {
            case UInt8(ascii: "'"), UInt8(ascii: "\""):
                copy(&rest, to: &text, until: byte)
            case UInt8(ascii: "-") where rest.first == UInt8(ascii: "-"):
                copy(&rest, to: &text, until: UInt8(ascii: "\n"))
            case UInt8(ascii: "?"):
                text[text.count - 1] = UInt8(ascii: "$")
                guard let digit = rest.first, isDigit(digit) else {
                    number += 1
                    text.append(contentsOf: "\(number)".utf8)
                    break
                }
                while let digit = rest.first, isDigit(digit) { text.append(rest.removeFirst()) }
            default: break
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Up to and with the byte; a doubled quote just begins another piece.
    private static func copy(_ rest: inout ArraySlice<UInt8>, to text: inout [UInt8], until end: UInt8) {
        while let byte = rest.popFirst() {
            text.append(byte)
            if byte == end { return }
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
