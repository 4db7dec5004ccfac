import Crypto
import FoundationEssentials

/// What a browser shows to be let in: `hs_` and 256 random bits in base64url. The index keeps only the SHA-256.
struct SessionToken: Sendable {
    private static let prefix = "hs_"

    let text: String

    init() {
        let random = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
        text = Self.prefix + random.base64URLEncodedString()
    }

    /// - Returns: nil for text that cannot be a token, which saves the look-up; an API key and a share link are none.
    init?(_ text: String) {
        guard text.hasPrefix(Self.prefix), (20...100).contains(text.utf8.count) else { return nil }
        self.text = text
    }

    var hash: [UInt8] { Array(SHA256.hash(data: Data(text.utf8))) }
}
