import Crypto
import FoundationEssentials
import HTTP
import HTTPTypes

/// Proof that somebody signed in as a user on this device before, kept there in a cookie. It opens nothing: its holder
/// only has tries of his own (``PasswordCheck``).
///
/// The proof is a random id with an HMAC (RFC 2104) of it, whose key is the stored hash of the user's password. So
/// nothing is stored for it, only the server can make one, and a new password ends them all.
struct KnownDevice {
    private static let cookieName = "placet_device"
    private static let lifetime = Duration.seconds(365 * 24 * 60 * 60)
    /// How many cookies of this name are looked at. There is one for each user who signs in here, at most.
    private static let maxCookies = 8

    /// 128 random bits.
    let id: String
    private let proof: String

    /// A new one, for a user who has shown the right password.
    init(of passwordHash: String) {
        id = SymmetricKey(size: .bits128).withUnsafeBytes { Data($0) }.base64URLEncodedString()
        proof = Data(HMAC<SHA256>.authenticationCode(for: Data(id.utf8), using: Self.key(passwordHash)))
            .base64URLEncodedString()
    }

    /// The one that a request shows. Nil when it shows none, or none of this user.
    init?(in headers: HTTPFields, of passwordHash: String) {
        for value in headers.cookies(named: Self.cookieName).prefix(Self.maxCookies) {
            let parts = value.split(separator: ".").map(String.init)
            guard parts.count == 2, let proof = Data(base64URL: parts[1]) else { continue }
            let (message, key) = (Data(parts[0].utf8), Self.key(passwordHash))
            guard HMAC<SHA256>.isValidAuthenticationCode(proof, authenticating: message, using: key) else { continue }
            (id, self.proof) = (parts[0], parts[1])
            return
        }
        return nil
    }

    func cookie(for client: Client) -> HTTPField {
        .cookie(
            Self.cookieName,
            "\(id).\(proof)",
            path: "/api/auth",
            maxAge: Self.lifetime,
            isSecure: client.isSecure
        )
    }

    private static func key(_ passwordHash: String) -> SymmetricKey {
        SymmetricKey(data: Data("placet device ".utf8) + Data(passwordHash.utf8))
    }
}
