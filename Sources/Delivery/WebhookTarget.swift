import FoundationEssentials

/// Scheme, host and port (RFC 6454). Secrets are shared within one, never across.
struct Origin: Sendable, Hashable {
    let scheme: String
    let host: String
    let port: Int
}

/// A webhook's URL, taken apart and put together again. The client then reads the same in it that was judged here.
struct WebhookTarget: Sendable, Hashable {
    let origin: Origin
    /// Path and query as given, percent-encoded, from the first slash on.
    private let rest: String

    var host: String { origin.host }
    var port: Int { origin.port }

    /// - Throws: a final ``AttemptFailure`` unless it is an absolute http or https URL without credentials.
    init(_ text: String) throws(AttemptFailure) {
        guard let url = URL(string: text), let scheme = url.scheme?.lowercased(), ["http", "https"].contains(scheme)
        else { throw AttemptFailure("The webhook's URL must be an absolute http or https URL", isFinal: true) }
        guard url.user(percentEncoded: true) == nil, url.password(percentEncoded: true) == nil else {
            throw AttemptFailure("The webhook's URL must not have credentials; set auth instead", isFinal: true)
        }
        let host = Self.normalized(name: (url.host(percentEncoded: true) ?? "").trimmingBrackets())
        guard Self.isHostName(host) || IPAddress(host)?.isIPv6 == true else {
            throw AttemptFailure("The webhook's URL has no usable host name", isFinal: true)
        }
        let port = url.port ?? (scheme == "https" ? 443 : 80)
        guard (1...65535).contains(port) else {
            throw AttemptFailure("The webhook's URL has a port that is not one of 1 to 65535", isFinal: true)
        }
        origin = Origin(scheme: scheme, host: IPAddress(host)?.description ?? host, port: port)
        let path = url.path(percentEncoded: true)
        rest = (path.isEmpty ? "/" : path) + (url.query(percentEncoded: true).map { "?" + $0 } ?? "")
    }

    /// The URL to request, without the fragment.
    var url: String {
        let host = IPAddress(host)?.isIPv6 == true ? "[\(host)]" : host
        return "\(origin.scheme)://\(host):\(port)\(rest)"
    }

    /// In lower case, without the dot at the end that makes a name absolute.
    static func normalized(name: String) -> String {
        let name = name.lowercased()
        return name.hasSuffix(".") ? String(name.dropLast()) : name
    }

    /// Whether `name` has only the characters of host names, at most 253. Numeric forms such as `0x7f.1` pass, because
    /// the resolver reads them, and what it reads is judged.
    static func isHostName(_ name: String) -> Bool {
        let letters = Set("abcdefghijklmnopqrstuvwxyz0123456789-_.")
        return (1...253).contains(name.count) && name.allSatisfy(letters.contains)
    }
}

extension String {
    fileprivate func trimmingBrackets() -> String {
        hasPrefix("[") && hasSuffix("]") ? String(dropFirst().dropLast()) : self
    }
}
