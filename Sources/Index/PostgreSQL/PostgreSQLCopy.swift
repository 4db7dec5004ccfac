import CPostgreSQL
import FoundationEssentials

extension PostgreSQLConnection {
    /// How many bytes are sent at a time.
    fileprivate static let pieceBytes = 65_536

    /// Adds rows to a table by COPY, which takes them ten times as fast as INSERT does.
    ///
    /// - Parameters:
    ///   - target: the table and its columns, `blobs (key, size)`. They are BIGINT, TEXT and BYTEA.
    ///   - body: gets what takes the values of a row.
    func copy(into target: String, _ body: (_ write: ([StoredValue]) throws -> Void) throws -> Void) throws {
        try sendQueued()
        PQexitPipelineMode(handle)
        defer { PQenterPipelineMode(handle) }
        let answer = PQexec(handle, "COPY \(target) FROM STDIN (FORMAT binary)")
        defer { PQclear(answer) }
        guard PQresultStatus(answer) == PGRES_COPY_IN else { throw failure(answer) }
        do {
            var rows = BinaryRows()
            try body { values in
                rows.add(values)
                if rows.bytes.count >= Self.pieceBytes { try put(&rows) }
            }
            rows.end()
            try put(&rows)
        } catch {
            PQputCopyEnd(handle, "given up")
            _ = try? endCopy()
            throw error
        }
        PQputCopyEnd(handle, nil)
        try endCopy()
    }

    private func put(_ rows: inout BinaryRows) throws {
        let sent = rows.bytes.withUnsafeBytes { bytes in
            PQputCopyData(handle, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), CInt(bytes.count))
        }
        guard sent == 1 else { throw failure(nil) }
        rows.bytes.removeAll(keepingCapacity: true)
    }

    private func endCopy() throws {
        var error: PostgreSQLError?
        while let answer = PQgetResult(handle) {
            defer { PQclear(answer) }
            if PQresultStatus(answer) != PGRES_COMMAND_OK, error == nil { error = failure(answer) }
        }
        if let error { throw error }
    }
}

/// Rows as COPY takes them in binary (https://www.postgresql.org/docs/15/sql-copy.html).
private struct BinaryRows {
    /// At first the head: the signature, no flags, no extension.
    var bytes: [UInt8] = Array("PGCOPY\n".utf8) + [0xff, 0x0d, 0x0a, 0] + [UInt8](repeating: 0, count: 8)

    mutating func add(_ values: [StoredValue]) {
        add(Int16(values.count))
        for value in values {
            switch value {
            case .null: add(Int32(-1))
            case .integer(let number):
                add(Int32(8))
                add(number)
            case .text(let text):
                add(Int32(text.utf8.count))
                bytes.append(contentsOf: text.utf8)
            case .bytes(let data):
                add(Int32(data.count))
                bytes.append(contentsOf: data)
            }
        }
    }

    mutating func end() { add(Int16(-1)) }

    private mutating func add(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }
}
