import HTTP
import Index

// A client may send back what it has read, where `***` stands for a secret. That keeps the secret, for the same URL.

extension Webhook {
    /// This webhook with the secrets of `stored` where it has `***`.
    ///
    /// - Throws: ``APIError`` 400 when no such secret is stored for its URL.
    package func unmasked(by stored: Webhook?) throws(APIError) -> Webhook {
        let known = stored?.url == url ? stored : nil
        var webhook = self
        webhook.headers = try headers?.unmasked("headers", by: known?.headers)
        webhook.auth = try auth?.unmasked("auth", by: known?.auth)
        if secret == Masked.text {
            guard let secret = known?.secret else { throw .masked("secret") }
            webhook.secret = secret
        }
        return webhook
    }
}

extension [String: String] {
    func unmasked(_ name: String, by stored: [String: String]?) throws(APIError) -> [String: String] {
        var headers = self
        for (header, value) in self where value == Masked.text {
            guard let secret = stored?[header] else { throw .masked(name) }
            headers[header] = secret
        }
        // What `***` stands for counts too.
        if let excess = headers.excessOfHeaders { throw .invalid(name, excess) }
        return headers
    }
}

extension Webhook.Auth {
    func unmasked(_ name: String, by stored: Webhook.Auth?) throws(APIError) -> Webhook.Auth {
        guard password == Masked.text else { return self }
        guard let stored, stored.username == username else { throw .masked(name) }
        return stored
    }
}

extension APIError {
    fileprivate static func masked(_ name: String) -> APIError {
        .invalid(name, "has \(Masked.text) for a secret that is not stored for this URL; send the secret")
    }
}
