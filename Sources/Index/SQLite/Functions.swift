import CSQLite

/// What our connections add to SQLite.
enum Functions {
    /// Defines `contains(text, term)`: 1 when a ``SearchTerm`` is in what is searched of the text, else 0.
    static func define(in connection: SQLiteConnection) throws {
        let flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC
        try SQLiteError.check(
            sqlite3_create_function_v2(connection.handle, "contains", 2, flags, nil, contains, nil, nil, nil)
        )
    }

    /// Makes a statement stop, with `SQLITE_INTERRUPT`, once its task is cancelled. A statement runs on the thread of
    /// the task that asked.
    static func stopWithTask(_ connection: SQLiteConnection) {
        sqlite3_progress_handler(connection.handle, stepsBetweenLooks, { _ in Task.isCancelled ? 1 : 0 }, nil)
    }

    /// In steps of SQLite's virtual machine: some 100 µs.
    private static let stepsBetweenLooks: Int32 = 10_000
}

/// The matcher of a term is made once for each run of a statement, and kept with it by SQLite.
private func contains(
    _ context: OpaquePointer?,
    _: Int32,
    _ arguments: UnsafeMutablePointer<OpaquePointer?>?
) {
    guard let arguments, let text = sqlite3_value_text(arguments[0]) else { return sqlite3_result_int(context, 0) }
    let matcher: SubstringMatcher
    if let kept = sqlite3_get_auxdata(context, 1) {
        matcher = Unmanaged<SubstringMatcher>.fromOpaque(kept).takeUnretainedValue()
    } else {
        let term = sqlite3_value_text(arguments[1]).map { String(cString: $0) } ?? ""
        matcher = SubstringMatcher(SearchTerm(orEmpty: term))
        let kept = Unmanaged.passRetained(matcher).toOpaque()
        sqlite3_set_auxdata(context, 1, kept) { Unmanaged<SubstringMatcher>.fromOpaque($0!).release() }
    }
    let bytes = UnsafeBufferPointer(start: text, count: Int(sqlite3_value_bytes(arguments[0])))
    sqlite3_result_int(context, matcher.isFound(in: bytes, limit: Message.searchedLength) ? 1 : 0)
}
