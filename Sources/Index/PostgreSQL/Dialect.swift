/// What turns the text of a statement, as SQLite takes it, into one that PostgreSQL takes. It runs once for each
/// statement of a connection.
enum Dialect {
    /// What only SQLite needs or says in another way. `CSchema/postgresql/0001.sql` has the functions that it has.
    private static let replacements = [
        // Keeps SQLite from another order of the tables. All of ours have a condition.
        ("CROSS JOIN LATERAL", "INNER JOIN LATERAL"), ("CROSS JOIN", "JOIN"),
        (" INDEXED BY reviews_due", ""),
        // Not jsonb, which takes no U+0000.
        (" ->> '$.", "::json ->> '"),
    ]

    /// Writes `?` as `$1`, `$2` …, and `?1` as `$1`, and leaves out the `+` that keeps SQLite from an index; outside
    /// of quotes and comments.
    static func postgreSQL(_ sql: String) -> String {
        let sql = replacements.reduce(sql) { $0.replacing($1.0, with: $1.1) }
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
            // As an operator it has a space behind it.
            case UInt8(ascii: "+") where rest.first.map(isLetter) ?? false: text.removeLast()
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

    private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
