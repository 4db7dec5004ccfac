import Crypto
import FoundationEssentials

/// Opens something to whoever shows it. It has a prefix that says what it opens, and 256 random bits in base64url: 46
/// characters.
///
/// It is shown once, when it is made. The index keeps only its SHA-256, which is enough: the input has full entropy, so
/// a slow hash would add nothing.
package struct Secret: Sendable {
    /// What a secret opens. A secret of one kind is never looked up as another.
    package enum Kind: String, Sendable {
        case apiKey = "hp_"
        case session = "hs_"
        case share = "hl_"
        case uploadToken = "hu_"
    }

    /// How much of it may be shown later, so that users can tell their secrets apart.
    package static let shownCharacters = 11

    package let text: String

    /// Makes a new one.
    package init(_ kind: Kind) {
        let random = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
        text = kind.rawValue + random.base64URLEncodedString()
    }

    /// - Returns: nil for text that cannot be a secret of that kind, which saves the look-up.
    package init?(_ text: String, _ kind: Kind) {
        guard text.hasPrefix(kind.rawValue), (20...100).contains(text.utf8.count) else { return nil }
        self.text = text
    }

    /// The SHA-256 of the text: what the index keeps and looks up.
    package var hash: [UInt8] { Array(SHA256.hash(data: Data(text.utf8))) }

    /// The prefix and the first eight random characters.
    package var shownPrefix: String { String(text.prefix(Self.shownCharacters)) }
}

extension Data {
    /// Decodes RFC 4648 section 5 without padding. Nil for other text.
    package init?(base64URL text: String) {
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        self.init(base64Encoded: text.replacing("-", with: "+").replacing("_", with: "/") + padding)
    }

    /// Encodes by RFC 4648 section 5, without padding.
    package func base64URLEncodedString() -> String {
        base64EncodedString()
            .replacing("+", with: "-")
            .replacing("/", with: "_")
            .replacing("=", with: "")
    }
}
