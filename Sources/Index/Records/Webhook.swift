import FoundationEssentials

/// Where a channel's events go, and what the requests carry. Secrets are stored as they were given, because they have
/// to be sent again. They are never shown.
package struct Webhook: Sendable, Equatable {
    /// Credentials of HTTP Basic authentication (RFC 7617).
    package struct Auth: Sendable, Equatable, Codable {
        package var username: String
        package var password: String

        package init(username: String, password: String) {
            self.username = username
            self.password = password
        }
    }

    /// The secret before the present one. It signs too until `end`, while the receiver changes over.
    package struct OldSecret: Sendable, Equatable {
        package var text: String
        package var end: Timestamp

        package init(_ text: String, until end: Timestamp) {
            self.text = text
            self.end = end
        }
    }

    package var url: String
    package var headers: [String: String]?
    package var auth: Auth?
    /// `whsec_` and the signing key in Base64 (Standard Webhooks).
    package var secret: String?
    package var oldSecret: OldSecret?

    /// Nothing is checked here.
    package init(url: String, headers: [String: String]? = nil, auth: Auth? = nil, secret: String? = nil) {
        self.url = url
        self.headers = headers
        self.auth = auth
        self.secret = secret
    }

    /// The secrets that sign a request at `now`, the present one first.
    package func secrets(at now: Timestamp) -> [String] {
        guard let secret else { return [] }
        guard let oldSecret, now < oldSecret.end else { return [secret] }
        return [secret, oldSecret.text]
    }
}

extension Webhook {
    var headersJSON: String? { headers.flatMap(Self.json) }
    var authJSON: String? { auth.flatMap(Self.json) }

    /// Reads URL, headers, credentials and secrets; nil without a URL.
    init?(row: inout Row) {
        let (url, headers, auth, secret): (String?, String?, String?, String?)
        (url, headers, auth, secret) = (row.next(), row.next(), row.next(), row.next())
        let (oldSecret, end): (String?, Timestamp?) = (row.next(), row.next())
        guard let url else { return nil }
        self.init(url: url, headers: headers.flatMap(Self.value), auth: auth.flatMap(Self.value), secret: secret)
        if let oldSecret, let end { self.oldSecret = OldSecret(oldSecret, until: end) }
    }

    /// Encodes strings only, which cannot fail.
    private static func json(_ value: some Encodable) -> String? {
        (try? JSONEncoder().encode(value)).map { String(decoding: $0, as: UTF8.self) }
    }

    private static func value<Value: Decodable>(_ json: String) -> Value? {
        try? JSONDecoder().decode(Value.self, from: Data(json.utf8))
    }
}
