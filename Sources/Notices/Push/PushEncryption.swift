import Crypto
import FoundationEssentials

/// Encrypts what one browser is told, so that its push service cannot read it: RFC 8291, in the coding `aes128gcm` of
/// RFC 8188.
struct PushEncryption {
    /// What a push service takes at least (RFC 8030 section 7.2). It is one record.
    static let recordSize = 4096

    private let browser: P256.KeyAgreement.PublicKey
    private let auth: Data

    /// - Parameters:
    ///   - p256dh: the browser's public key, an uncompressed point.
    ///   - auth: the secret that the browser gave to the site.
    /// - Throws: when the point is not on the curve.
    init(p256dh: Data, auth: Data) throws {
        browser = try P256.KeyAgreement.PublicKey(x963Representation: p256dh)
        self.auth = auth
    }

    /// The body of the request.
    ///
    /// - Parameters:
    ///   - key: used for this message alone. That, and `salt`, is given by tests.
    func body(
        _ plaintext: [UInt8],
        key: P256.KeyAgreement.PrivateKey = P256.KeyAgreement.PrivateKey(),
        salt: Data = SymmetricKey(size: .bits128).withUnsafeBytes { Data($0) }
    ) throws -> [UInt8] {
        let (ours, theirs) = (key.publicKey.x963Representation, browser.x963Representation)
        let shared = try key.sharedSecretFromKeyAgreement(with: browser).hkdfDerivedSymmetricKey(
            using: SHA256.self,
            salt: auth,
            sharedInfo: Data("WebPush: info\0".utf8) + theirs + ours,
            outputByteCount: 32
        )
        func derived(_ purpose: String, _ count: Int) -> SymmetricKey {
            HKDF<SHA256>.deriveKey(
                inputKeyMaterial: shared,
                salt: salt,
                info: Data("Content-Encoding: \(purpose)\0".utf8),
                outputByteCount: count
            )
        }
        let nonce = try derived("nonce", 12).withUnsafeBytes { try AES.GCM.Nonce(data: $0) }
        // The 2 marks the last record.
        let sealed = try AES.GCM.seal(plaintext + [2], using: derived("aes128gcm", 16), nonce: nonce)
        let size = withUnsafeBytes(of: UInt32(Self.recordSize).bigEndian) { Array($0) }
        return Array(salt) + size + [UInt8(ours.count)] + Array(ours) + Array(sealed.ciphertext) + Array(sealed.tag)
    }
}
