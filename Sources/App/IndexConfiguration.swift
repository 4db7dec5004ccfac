import FoundationEssentials
import Index

extension Values {
    /// The PostgreSQL that keeps the index; nil for a file in the storage folder, which is also called `file`. What was
    /// given is not repeated in an error: a password might stand in it.
    ///
    /// - Parameter isArgument: whether the command line says where it is. All accounts of the machine can read that.
    func postgreSQL(isArgument: Bool) throws(ConfigurationError) -> PostgreSQLServer? {
        if self["index"] == "file" { return nil }
        guard let location = self["index"] else {
            for key in ["index.password", "index.password.file"] where self[key] != nil {
                throw .init(key, "is set, but PLACET_INDEX is not: the index is a file, and needs none")
            }
            return nil
        }
        guard PostgreSQLServer.isAvailable else {
            throw .init("index", "is PostgreSQL, for which libpq.so.5 is not there; install it (Debian: libpq5)")
        }
        guard ["postgres://", "postgresql://"].contains(where: location.hasPrefix),
            let server = PostgreSQLServer(location: location, password: try secret("index.password"))
        else {
            throw .init("index", "must be a URL such as postgresql://placet@db.example.org/placet?sslmode=verify-full")
        }
        if isArgument, server.hasPasswordInLocation {
            throw .init(
                "index",
                "has a password, which all accounts of this machine can read there; give it by PLACET_INDEX_PASSWORD, "
                    + "PLACET_INDEX_PASSWORD_FILE or ~/.pgpass"
            )
        }
        return server
    }

    /// A password, or the first line of the file that another setting names.
    func secret(_ key: String) throws(ConfigurationError) -> String? {
        guard let path = self[key + ".file"] else { return self[key] }
        if self[key] != nil {
            let other = ConfigurationError.variable(key + ".file")
            throw .init(key, "is set, and so is \(other): take one")
        }
        // Editors and echo end a line.
        let text = try fileContent(path, key + ".file").split(
            omittingEmptySubsequences: false,
            whereSeparator: \.isNewline
        )
        guard let secret = text.first, !secret.isEmpty else { throw .init(key + ".file", "names an empty file") }
        return String(secret)
    }

    func fileContent(_ path: String, _ key: String) throws(ConfigurationError) -> String {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw .init(key, "names '\(path)', which cannot be read as text")
        }
        return text
    }
}
