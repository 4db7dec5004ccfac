import HTTPTypes
import Hummingbird

extension Request {
    /// Which of some media types the client likes best (RFC 9110 section 12.5.1); the first of them when it has no
    /// preference, or takes none of them.
    package func preferred(of types: [String]) -> String {
        let ranges = (headers[.accept] ?? "*/*").lowercased().split(separator: ",").map(Self.mediaRange)
        let weighed = types.map { type in (type, Self.weight(of: type, in: ranges)) }
        // The first of those with the highest weight.
        return weighed.reduce(weighed[0]) { $1.1 > $0.1 ? $1 : $0 }.0
    }

    private static func mediaRange(_ text: Substring) -> (name: Substring, weight: Double) {
        let parts = text.split(separator: ";").map(\.trimmed)
        let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 }
        return (parts.first ?? "", weight ?? 1)
    }

    /// The most specific range that the type is in decides.
    private static func weight(of type: String, in ranges: [(name: Substring, weight: Double)]) -> Double {
        let family = "\(type.prefix { $0 != "/" })/*"
        for name in [type, family, "*/*"] {
            if let range = ranges.first(where: { $0.name == name }) { return range.weight }
        }
        return 0
    }
}
