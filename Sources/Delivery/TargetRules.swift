import API
import HTTP

/// Where webhooks may go: to the public Internet, and wherever the operator allows.
///
/// An agent chooses the URL. Without these rules the server would be its way into the operator's network (docs/api.md,
/// "Webhooks", Refused).
struct TargetRules: Sendable {
    let allowed: AllowedTargets

    /// Judges a target by its name, and by every address of that name, because an attempt may go to any of them.
    ///
    /// - Throws: a final ``AttemptFailure`` when the name or an address is refused; one that is tried again when there
    ///   is no address.
    func check(_ target: WebhookTarget, addresses: [IPAddress]) throws(AttemptFailure) {
        guard !addresses.isEmpty else { throw AttemptFailure("The host has no address") }
        if allowed.contains(name: target.host, port: target.port) { return }
        let isRefused = addresses.contains { address in
            !Self.isPublic(address) && !allowed.contains(address, port: target.port)
        }
        if isRefused || Self.metadataNames.contains(target.host) {
            throw AttemptFailure(
                "The host is not on the public Internet; the operator can allow it by PLACET_WEBHOOK_ALLOW",
                isFinal: true
            )
        }
    }

    /// Whether an address is of no special kind (the registries of RFC 6890). An IPv6 address that embeds an IPv4
    /// address is judged by that one.
    static func isPublic(_ address: IPAddress) -> Bool {
        if let inner = address.embeddedIPv4 { return isPublic(inner) }
        if address.isIPv6 && !globalUnicast.contains(address) { return false }
        return !special.contains { $0.contains(address) }
    }

    /// Metadata services of cloud providers. Their addresses are refused too, but a proxy in between might resolve the
    /// names in its own way.
    private static let metadataNames: Set = ["metadata.google.internal", "metadata.goog", "metadata"]

    /// Everything assigned in IPv6 so far. Loopback, unique-local, link-local, multicast and the rest lie outside.
    private static let globalUnicast = AddressRange("2000::/3")!

    private static let special = [
        "0.0.0.0/8",  // this network, and the unspecified address
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",  // private
        "100.64.0.0/10",  // shared by carriers (CGNAT)
        "127.0.0.0/8",  // loopback
        "169.254.0.0/16",  // link-local, and the metadata of most clouds
        "168.63.129.16/32",  // Azure's inside
        "192.0.0.0/24",  // protocol assignments
        "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24",  // documentation
        "192.88.99.0/24",  // 6to4 relays
        "198.18.0.0/15",  // benchmarks
        "224.0.0.0/4",  // multicast
        "240.0.0.0/4",  // reserved, and broadcast
        "2001::/23",  // protocol assignments: Teredo, benchmarks, ORCHID
        "2001:db8::/32", "3fff::/20",  // documentation
    ].map { AddressRange($0)! }
}
