import CPostgreSQL

/// Where an index is.
package enum IndexLocation: Sendable {
    /// A file of SQLite.
    case file(String)
    case postgreSQL(PostgreSQLServer)
}

/// Where the PostgreSQL is that keeps the index, and how a connection to it behaves.
package struct PostgreSQLServer: Sendable {
    /// As libpq reads it (https://www.postgresql.org/docs/15/libpq-connect.html#LIBPQ-CONNSTRING).
    let location: String
    /// Kept apart, so that it can come from a file; nil for what libpq finds by itself (PGPASSWORD, a passfile).
    private let password: String?

    /// The host and the database, for people.
    package let name: String
    /// The same with the port: where another database is not.
    package let address: String
    /// Whether a password stands in the location itself.
    package let hasPasswordInLocation: Bool

    /// Whether libpq is installed (Debian: libpq5). Nothing here works without it.
    package static var isAvailable: Bool { postgresql_available() }

    /// Nil when libpq is not there, or cannot read the location.
    package init?(location: String, password: String? = nil) {
        guard Self.isAvailable, let options = PQconninfoParse(location, nil) else { return nil }
        defer { PQconninfoFree(options) }
        var values: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { values[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        (self.location, self.password) = (location, password)
        let port = values["port"].map { ":\($0)" } ?? ""
        name = "\(values["host"] ?? values["hostaddr"] ?? "this machine")/\(values["dbname"] ?? values["user"] ?? "")"
        address = name.replacing("/", with: "\(port)/", maxReplacements: 1)
        hasPasswordInLocation = values["password"] != nil
    }

    /// What holds unless the location says something else: a server that does not answer is noticed within seconds.
    private static let defaults = [
        ("connect_timeout", "5"), ("keepalives_idle", "5"), ("keepalives_interval", "2"), ("keepalives_count", "3"),
        ("tcp_user_timeout", "10000"),
    ]

    /// How long a statement may take, and a transaction in which nothing runs. Whoever hangs in a unit has the write lock
    /// of all nodes; it is freed then. To compile a plan (jit) takes longer than any statement of ours.
    let sessionSettings = """
        SET statement_timeout = '60s'; SET idle_in_transaction_session_timeout = '10s';
        SET lock_timeout = '30s'; SET standard_conforming_strings = on; SET extra_float_digits = 1;
        SET jit = off
        """

    /// Opens a connection, with which libpq says how that went; nil when there is no memory. Blocks for seconds at most.
    func open() -> OpaquePointer? {
        // What comes later wins.
        var settings = Self.defaults + [("dbname", location)]
        if let password { settings.append(("password", password)) }
        settings += [("client_encoding", "UTF8"), ("fallback_application_name", "placet")]
        return withCStrings(settings.map(\.0)) { keys in
            withCStrings(settings.map(\.1)) { values in PQconnectdbParams(keys, values, 1) }
        }
    }
}

/// Lends texts as C takes a list of them, with a nil at the end.
private func withCStrings<T>(_ texts: [String], _ body: ([UnsafePointer<CChar>?]) -> T) -> T {
    let bytes = texts.map { Array($0.utf8CString) }
    func lend(_ rest: ArraySlice<[CChar]>, _ pointers: [UnsafePointer<CChar>?]) -> T {
        guard let first = rest.first else { return body(pointers + [nil]) }
        return first.withUnsafeBufferPointer { lend(rest.dropFirst(), pointers + [$0.baseAddress]) }
    }
    return lend(bytes[...], [])
}
