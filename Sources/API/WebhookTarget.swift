import FoundationEssentials
import HTTP

/// A webhook's URL, taken apart and put together again. The client then reads the same in it that was judged here.
///
/// Every field that takes a webhook's URL reads it with this, and so does every attempt. Whether the host may be
/// reached is judged at each attempt, by its addresses.
package struct WebhookTarget: Sendable, Hashable {
    /// Scheme, host and port (RFC 6454). Secrets are shared within one, never across.
    package struct Origin: Sendable, Hashable {
        package let scheme: String
        package let host: String
        package let port: Int
    }

    /// Why a URL can never be used, as a sentence without its subject.
    package struct Problem: Error, Equatable {
        package let sentence: String
    }

    package let origin: Origin
    /// Path and query as given, percent-encoded, from the first slash on.
    private let rest: String

    package var host: String { origin.host }
    package var port: Int { origin.port }

    /// - Throws: ``Problem`` unless it is an absolute http or https URL in ASCII, with a host and without credentials.
    package init(_ text: String) throws(Problem) {
        let url = text.utf8.allSatisfy { (0x21...0x7E).contains($0) } ? URL(string: text) : nil
        guard let url, let scheme = url.scheme?.lowercased(), ["http", "https"].contains(scheme) else {
            throw Problem(sentence: "must be an absolute http or https URL in ASCII")
        }
        guard url.user(percentEncoded: true) == nil, url.password(percentEncoded: true) == nil else {
            throw Problem(sentence: "must not have credentials before the host; send them as auth or as a header")
        }
        let host = url.host(percentEncoded: true) ?? ""
        guard let host = Self.ipv6(host) ?? Self.hostName(host) else {
            throw Problem(sentence: "must have a host: a name in ASCII without percent signs, or an address")
        }
        let port = url.port ?? (scheme == "https" ? 443 : 80)
        // The port of a URL is nil, too, when it is too long for a number.
        let isTooLong = text.contains(/^\w+:\/\/[^\/?#]*:\d{6}/)
        guard (1...65535).contains(port), !isTooLong else {
            throw Problem(sentence: "must have a port of 1 to 65535, or none")
        }
        origin = Origin(scheme: scheme, host: host, port: port)
        let path = url.path(percentEncoded: true)
        rest = (path.isEmpty ? "/" : path) + (url.query(percentEncoded: true).map { "?" + $0 } ?? "")
    }

    /// The URL to request, without the fragment.
    package var url: String {
        let host = host.contains(":") ? "[\(host)]" : host
        return "\(origin.scheme)://\(host):\(port)\(rest)"
    }

    /// In lower case, without the dot at the end that makes a name absolute; nil when it is no name of a host: labels
    /// of 1 to 63 letters, digits, hyphens and underscores, 253 characters in all (RFC 1123 section 2.1).
    ///
    /// Numeric forms such as `0x7f.1` pass, because the resolver reads them, and what it reads is judged.
    package static func hostName(_ text: String) -> String? {
        var name = text.lowercased()
        if name.hasSuffix(".") { name.removeLast() }
        let letters = Set("abcdefghijklmnopqrstuvwxyz0123456789-_")
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        let areLabels = labels.allSatisfy { (1...63).contains($0.count) && $0.allSatisfy(letters.contains) }
        return areLabels && name.count <= 253 ? name : nil
    }

    /// The usual text of the IPv6 address that stands in brackets in a URL, without them.
    private static func ipv6(_ host: String) -> String? {
        let text = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        guard let address = IPAddress(text), address.isIPv6 else { return nil }
        return address.description
    }
}
