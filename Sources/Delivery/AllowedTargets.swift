import API
import HTTP

/// The targets in `PLACET_WEBHOOK_ALLOW`: webhooks may go there although they are not public.
package struct AllowedTargets: Sendable, Equatable {
    private enum Place: Sendable, Hashable {
        /// This host, whatever its addresses are.
        case name(String)
        case range(AddressRange)
    }

    private struct Entry: Sendable, Hashable {
        let place: Place
        /// Nil means every port.
        let port: Int?

        func has(port: Int) -> Bool { self.port == nil || self.port == port }
    }

    private let entries: [Entry]

    /// Reads host names, addresses and CIDR ranges, separated by commas, each with or without `:port`. IPv6 with a port
    /// needs brackets: `[fd00::/8]:443`. Nil when one of them cannot be read.
    package init?(_ list: String) {
        var entries: [Entry] = []
        for item in list.split(separator: ",") {
            let text = String(item.trimming { $0 == " " })
            if text.isEmpty { continue }
            guard let entry = Self.entry(text) else { return nil }
            entries.append(entry)
        }
        self.entries = entries
    }

    func contains(name: String, port: Int) -> Bool {
        entries.contains { $0.place == .name(name) && $0.has(port: port) }
    }

    func contains(_ address: IPAddress, port: Int) -> Bool {
        entries.contains { entry in
            if case .range(let range) = entry.place { range.contains(address) && entry.has(port: port) } else { false }
        }
    }

    private static func entry(_ text: String) -> Entry? {
        guard let (placeText, portText) = split(text) else { return nil }
        var port: Int?
        if let portText {
            guard let number = Int(portText), (1...65535).contains(number) else { return nil }
            port = number
        }
        if let range = AddressRange(placeText) { return Entry(place: .range(range), port: port) }
        // A name that ends in a number is a mistyped address.
        guard let name = WebhookTarget.hostName(placeText), Int(name.split(separator: ".").last ?? "") == nil else {
            return nil
        }
        return Entry(place: .name(name), port: port)
    }

    /// Splits `place:port`. In an IPv6 address without brackets every colon belongs to the address.
    private static func split(_ text: String) -> (String, port: String?)? {
        if text.hasPrefix("[") {
            let parts = text.dropFirst().split(separator: "]", omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0].contains(":"), parts[1].isEmpty || parts[1].hasPrefix(":") else {
                return nil
            }
            return (String(parts[0]), parts[1].isEmpty ? nil : String(parts[1].dropFirst()))
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count == 2 { return (String(parts[0]), String(parts[1])) }
        return (text, nil)
    }
}

extension StringProtocol {
    fileprivate func trimming(_ isSpace: (Character) -> Bool) -> SubSequence {
        let start = firstIndex { !isSpace($0) } ?? endIndex
        let end = lastIndex { !isSpace($0) }.map(index(after:)) ?? start
        return self[start..<end]
    }
}
