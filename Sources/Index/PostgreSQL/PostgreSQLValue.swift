import CPostgreSQL
import FoundationEssentials

extension StoredValue {
    /// The value in a column of an answer's first row, which is in binary.
    init(column: CInt, ofPostgreSQL answer: OpaquePointer) {
        guard PQgetisnull(answer, 0, column) == 0, let start = PQgetvalue(answer, 0, column) else {
            self = .null
            return
        }
        let bytes = UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(answer, 0, column)))
        switch PQftype(answer, column) {
        case ColumnType.int8, ColumnType.int4, ColumnType.int2, ColumnType.bool, ColumnType.xid8, ColumnType.oid:
            self = .integer(Self.integer(bytes))
        case ColumnType.numeric:
            self = .integer(Self.wholeNumeric(bytes))
        case ColumnType.text, ColumnType.varchar, ColumnType.name, ColumnType.json, ColumnType.unknown:
            self = .text(String(decoding: bytes, as: UTF8.self))
        case ColumnType.bytea:
            self = .bytes(Data(bytes))
        case ColumnType.void:
            self = .null
        case let type:
            preconditionFailure("No column of ours has the type \(type).")
        }
    }

    /// A signed number of one to eight bytes, the highest first; a Bool is one of 0 and 1.
    private static func integer(_ bytes: UnsafeRawBufferPointer) -> Int64 {
        guard let first = bytes.first else { return 0 }
        return bytes.dropFirst().reduce(Int64(Int8(bitPattern: first))) { $0 << 8 | Int64($1) }
    }

    /// What `sum` of whole numbers is: digits to the base 10 000, after how many there are, the power of the first, the
    /// sign and the decimal places (`numeric_send` in PostgreSQL's source).
    private static func wholeNumeric(_ bytes: UnsafeRawBufferPointer) -> Int64 {
        let words = stride(from: 0, to: bytes.count, by: 2).map { Int64(bytes[$0]) << 8 | Int64(bytes[$0 + 1]) }
        let (count, weight, isNegative) = (Int(words[0]), Int(Int16(truncatingIfNeeded: words[1])), words[2] == 0x4000)
        precondition(words[3] == 0 && count <= weight + 1, "Sums of ours are whole numbers.")
        // Zeros at the end are not sent.
        let digits = words.dropFirst(4) + [Int64](repeating: 0, count: max(0, weight + 1 - count))
        let number = digits.reduce(Int64(0)) { $0 * 10_000 + $1 }
        return isNegative ? -number : number
    }
}
