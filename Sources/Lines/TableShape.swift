/// How large a table of separated values is (RFC 4180).
package struct TableShape: Sendable, Equatable {
    /// Rows that are not empty, the head among them.
    package var rows = 0
    /// Of the first row.
    package var columns = 0
}

extension LineText {
    private static let separators = Array(",;\t|".utf8)

    /// Counts the rows and columns of a table. What separates its columns is, of `,`, `;`, tab and `|`, what is in its
    /// first row most often.
    ///
    /// - Parameter isOver: whether the time is over; asked every 64 KiB.
    /// - Returns: nil when the time was over before the end, and for UTF-16.
    package func tableShape(until isOver: () -> Bool) throws -> TableShape? {
        guard coding == .bytes else { return nil }
        var (reader, offset) = (RowReader(separator: try separator()), 0)
        while offset < size {
            if isOver() { return nil }
            let bytes = try freshBytes(from: offset)
            reader.read(bytes)
            offset += bytes.count
        }
        reader.endRow()
        return reader.shape
    }

    private func separator() throws -> UInt8 {
        guard size > 0 else { return Self.separators[0] }
        let piece = Array(try freshBytes(from: 0))
        let counts = Self.separators.map { separator in
            var reader = RowReader(separator: separator)
            piece.withUnsafeBytes { reader.read($0, onlyFirstRow: true) }
            reader.endRow()
            return reader.shape.columns
        }
        return Self.separators[
            counts.indices.max { counts[$0] < counts[$1] || counts[$0] == counts[$1] && $0 > $1 } ?? 0
        ]
    }
}

/// Reads a table byte by byte.
private struct RowReader {
    private enum Place { case fieldStart, bare, quoted, quoteClosed }

    private(set) var shape = TableShape()
    private let separator: UInt8
    private var place = Place.fieldStart
    private var fields = 1
    private var isRowEmpty = true

    init(separator: UInt8) { self.separator = separator }

    mutating func read(_ bytes: UnsafeRawBufferPointer, onlyFirstRow: Bool = false) {
        for byte in bytes {
            if place == .quoted {
                if byte == UInt8(ascii: "\"") { place = .quoteClosed }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""):
                // Two of them within quotes are one; elsewhere than at its beginning a field may have any.
                if place != .bare { place = .quoted }
                isRowEmpty = false
            case separator:
                (place, isRowEmpty) = (.fieldStart, false)
                fields += 1
            case 0x0A:
                endRow()
                if onlyFirstRow, shape.rows > 0 { return }
            case 0x0D: break
            default: (place, isRowEmpty) = (.bare, false)
            }
        }
    }

    mutating func endRow() {
        if !isRowEmpty {
            shape.rows += 1
            if shape.rows == 1 { shape.columns = fields }
        }
        (place, fields, isRowEmpty) = (.fieldStart, 1, true)
    }
}
