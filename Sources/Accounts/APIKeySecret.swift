import Crypto
import FoundationEssentials

/// The secret an agent sends: `hp_` and 256 random bits in base64url, 46 characters.
///
/// Shown once, when it is made. The index keeps only the SHA-256, which is enough: the input has full entropy, so a
/// slow hash would add nothing.
struct APIKeySecret: Sendable {
    static let prefix = "hp_"
    /// How much of the key may be shown later, so that people can tell keys apart.
    static let shownCharacters = 11

    let text: String

    init() {
        let random = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
        text = Self.prefix + random.base64URLEncodedString()
    }

    /// - Returns: nil for text that cannot be a key, which saves the lookup.
    init?(_ text: String) {
        guard text.hasPrefix(Self.prefix), (20...100).contains(text.utf8.count) else { return nil }
        self.text = text
    }

    var hash: [UInt8] { Array(SHA256.hash(data: Data(text.utf8))) }

    var shownPrefix: String { String(text.prefix(Self.shownCharacters)) }
}

extension Data {
    /// RFC 4648 section 5, without padding; nil for other text.
    init?(base64URL text: String) {
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        self.init(base64Encoded: text.replacing("-", with: "+").replacing("_", with: "/") + padding)
    }

    /// RFC 4648 section 5, without padding.
    func base64URLEncodedString() -> String {
        base64EncodedString()
            .replacing("+", with: "-")
            .replacing("/", with: "_")
            .replacing("=", with: "")
    }
}
