/// The server that takes mails, and as whom. Its description tells no secret.
package struct MailSettings: Sendable, CustomStringConvertible {
    /// Without user and password: `smtp://mail.example.org:587`.
    package let server: String
    package let user: String?
    let password: String?
    package let from: MailAddress
    /// A file of certificates in PEM to trust instead of the system's.
    let certificates: String?
    /// Whether mails go by TLS alone, to a server whose certificate holds. Nobody is between this machine and itself.
    let needsTLS: Bool

    /// - Parameter url: `smtp://user@host:587`, in which TLS begins with STARTTLS, or `smtps://host`, in which it is
    ///   there from the first byte. Blanks and such in `user` are percent-encoded; it may have an `@`.
    /// - Throws: ``MailSettingsProblem``, which does not repeat the URL: somebody may have put a password into it.
    package init(
        url: String,
        password: String?,
        from: MailAddress,
        certificates: String? = nil
    ) throws(MailSettingsProblem) {
        let form = /(smtps?):\/\/(?:(.+)@)?(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::([0-9]{1,5}))?\/?/
        guard let parts = url.wholeMatch(of: form)?.output else { throw .url }
        let port = parts.4.map { Int($0) ?? 0 } ?? (parts.1 == "smtps" ? 465 : 587)
        guard (1...65535).contains(port) else { throw .url }
        let user = try parts.2.map { text throws(MailSettingsProblem) in try Self.decoded(text) }
        guard (user == nil) == (password == nil) else { throw user == nil ? .noUser : .noPassword }
        server = "\(parts.1)://\(parts.3):\(port)"
        self.user = user
        self.password = password
        self.from = from
        self.certificates = certificates
        needsTLS = parts.1 == "smtps" || !Self.isLoopback(parts.3.lowercased())
    }

    package var description: String { "\(server) as \(user ?? "nobody")" }

    private static func decoded(_ text: Substring) throws(MailSettingsProblem) -> String {
        guard !text.contains(":") else { throw .passwordInURL }
        var (bytes, rest) = ([UInt8](), Array(text.utf8)[...])
        while let byte = rest.popFirst() {
            guard byte == 0x25 else { bytes.append(byte); continue }
            let digits = rest.prefix(2)
            guard digits.count == 2, let code = UInt8(String(decoding: digits, as: UTF8.self), radix: 16), code > 0x1F
            else { throw .url }
            bytes.append(code)
            rest = rest.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host == "[::1]" || host.wholeMatch(of: /127(\.[0-9]{1,3}){3}/) != nil
    }
}

/// Why settings cannot be used.
package enum MailSettingsProblem: Error { case url, passwordInURL, noUser, noPassword }
