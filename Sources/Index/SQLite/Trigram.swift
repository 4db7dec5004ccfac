import CSQLite

extension SQLiteConnection {
    /// What the full-text index makes of a text of three scalars (https://sqlite.org/fts5.html#custom_tokenizers).
    ///
    /// - Throws: ``SQLiteError``.
    func trigram(_ text: String) throws -> String {
        var tokenizer = fts5_tokenizer()
        var context: UnsafeMutableRawPointer?
        let api = try fullTextSearch()
        try SQLiteError.check(api.pointee.xFindTokenizer(api, "trigram", &context, &tokenizer))
        var instance: OpaquePointer?
        try SQLiteError.check(tokenizer.xCreate(context, nil, 0, &instance))
        defer { tokenizer.xDelete(instance) }
        var (text, token) = (text, text)
        try withUnsafeMutablePointer(to: &token) { token in
            try text.withUTF8 { bytes in
                try bytes.withMemoryRebound(to: CChar.self) { bytes in
                    let reason = CInt(FTS5_TOKENIZE_QUERY)
                    try SQLiteError.check(
                        tokenizer.xTokenize(instance, token, reason, bytes.baseAddress, CInt(bytes.count), keepToken)
                    )
                }
            }
        }
        return token
    }

    /// The functions of the extension, which it gives to a statement.
    private func fullTextSearch() throws -> UnsafeMutablePointer<fts5_api> {
        var statement: OpaquePointer?
        try SQLiteError.check(sqlite3_prepare_v2(handle, "SELECT fts5(?)", -1, &statement, nil))
        defer { sqlite3_finalize(statement) }
        var api: UnsafeMutablePointer<fts5_api>?
        try withUnsafeMutablePointer(to: &api) {
            let type = UnsafeRawPointer(typeName.utf8Start).assumingMemoryBound(to: CChar.self)
            try SQLiteError.check(sqlite3_bind_pointer(statement, 1, $0, type, nil))
            guard sqlite3_step(statement) == SQLITE_ROW else {
                throw SQLiteError(code: sqlite3_extended_errcode(handle))
            }
        }
        guard let api else { throw SQLiteError(code: SQLITE_INTERNAL) }
        return api
    }
}

/// The type of the pointer. SQLite keeps its address and reads it later, so it is a constant of the binary.
private let typeName: StaticString = "fts5_api_ptr"

/// Takes a token of the text; three scalars are one.
private func keepToken(
    _ kept: UnsafeMutableRawPointer?,
    _: CInt,
    _ bytes: UnsafePointer<CChar>?,
    _ count: CInt,
    _: CInt,
    _: CInt
) -> CInt {
    let token = UnsafeRawBufferPointer(start: bytes, count: Int(count))
    kept?.assumingMemoryBound(to: String.self).pointee = String(decoding: token, as: UTF8.self)
    return SQLITE_OK
}
