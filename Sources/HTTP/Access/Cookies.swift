import HTTPTypes

extension HTTPField {
    /// A cookie that scripts cannot read, and that a browser sends along from other sites only when the user follows a
    /// link.
    package static func cookie(
        _ name: String,
        _ value: String,
        path: String,
        maxAge: Duration,
        isSecure: Bool
    ) -> HTTPField {
        let attributes = "Path=\(path); Max-Age=\(maxAge.components.seconds); HttpOnly; SameSite=Lax"
        return HTTPField(name: .setCookie, value: "\(name)=\(value); \(attributes)" + (isSecure ? "; Secure" : ""))
    }
}

extension HTTPFields {
    /// The values of all cookies of that name, in their order. One without a name is none of them, whatever it looks like.
    package func cookies(named name: String) -> [String] {
        self[values: .cookie].flatMap { $0.split(separator: ";") }.compactMap { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return parts.count == 2 && parts[0].trimmed == name ? String(parts[1].trimmed) : nil
        }
    }
}
