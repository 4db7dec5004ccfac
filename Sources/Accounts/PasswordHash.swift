import Crypto
import CryptoExtras
import FoundationEssentials

/// A password as it is stored: scrypt (RFC 7914) with its parameters and salt in one string.
///
/// Format: `$scrypt$ln=<log2 N>,r=<r>,p=<p>$<salt>$<hash>`, both base64url. Old hashes stay readable when the
/// parameters are raised.
struct PasswordHash: Sendable {
    /// 32 MiB and about 0.1 s a try: OWASP's floor is N = 2^17 with r = 8 for p = 1, or 2^15 with p = 3 at less memory.
    private static let logRounds = 15
    private static let blockSize = 8
    private static let parallelism = 3
    private static let saltBytes = 16
    private static let hashBytes = 32

    let encoded: String

    /// Hashes a new password. Blocks for about 0.1 s.
    init(hashing password: String) throws {
        let salt = SymmetricKey(size: .init(bitCount: Self.saltBytes * 8)).withUnsafeBytes { Data($0) }
        let key = try KDF.Scrypt.deriveKey(
            from: Data(password.utf8),
            salt: salt,
            outputByteCount: Self.hashBytes,
            rounds: 1 << Self.logRounds,
            blockSize: Self.blockSize,
            parallelism: Self.parallelism
        )
        let hash = key.withUnsafeBytes { Data($0) }
        let parameters = "ln=\(Self.logRounds),r=\(Self.blockSize),p=\(Self.parallelism)"
        encoded = "$scrypt$\(parameters)$\(salt.base64URLEncodedString())$\(hash.base64URLEncodedString())"
    }
}
