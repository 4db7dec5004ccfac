import Crypto
import CryptoExtras
import FoundationEssentials
import HTTP
import Index

/// A password as it is stored: scrypt (RFC 7914), with parameters and salt in one string.
///
/// The format is `$scrypt$ln=<log2 N>,r=<r>,p=<p>$<salt>$<hash>`, salt and hash in base64url. Hashes of today stay
/// readable when the parameters are raised.
package struct PasswordHash: Sendable {
    /// The logarithm of N: 32 MiB and about 0.2 s for each hash. OWASP asks for N=2^17 with p=1, or N=2^15 with p=3,
    /// which needs less memory; r=8 for both.
    static let logRounds = 15
    /// Of new hashes. A debug build needs 1.3 s for a hash of 2^15, and its tests make hundreds. So it makes hashes
    /// that are sixteen times cheaper; nobody should run such a build as a service.
    #if DEBUG
        package static let newLogRounds = 11
    #else
        package static let newLogRounds = logRounds
    #endif
    private static let blockSize = 8
    private static let parallelism = 3
    private static let saltBytes = 16
    private static let hashBytes = 32

    package let encoded: String

    /// A hash that no password has. It is checked when there is no such user, so that the answer takes as long.
    static let nobody =
        "$scrypt$ln=\(newLogRounds),r=8,p=3$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

    /// Whether `password` is the one that was hashed, in whatever Unicode form it is typed. Blocks for about 0.2 s, and
    /// for up to three times that when it is not ASCII. False also for a hash of unknown form.
    static func matches(_ password: String, _ encoded: String) -> Bool {
        let parts = encoded.split(separator: "$").map(String.init)
        guard parts.count == 4, parts[0] == "scrypt", let salt = Data(base64URL: parts[2]),
            let hash = Data(base64URL: parts[3])
        else { return false }
        let numbers = parts[1].split(separator: ",").compactMap { Int($0.drop { $0 != "=" }.dropFirst()) }
        guard numbers.count == 3, (1...20).contains(numbers[0]) else { return false }
        return spellings(of: password).contains { spelling in
            let key = try? KDF.Scrypt.deriveKey(
                from: spelling,
                salt: salt,
                outputByteCount: hash.count,
                rounds: 1 << numbers[0],
                blockSize: numbers[1],
                parallelism: numbers[2]
            )
            // This comparison takes constant time.
            return key.map { $0 == SymmetricKey(data: hash) } ?? false
        }
    }

    /// The form in which passwords are hashed (RFC 8265 section 4.2, OpaqueString): spaces of other scripts are spaces,
    /// and the text is composed (NFC). One keyboard sends `é` as one character, another as two.
    private static func prepared(_ password: String) -> Data {
        let spaced = String(
            String.UnicodeScalarView(
                password.unicodeScalars.map {
                    $0.properties.generalCategory == .spaceSeparator ? Unicode.Scalar(" ") : $0
                }
            )
        )
        return Data(spaced.composed.utf8)
    }

    /// What a password may have been hashed as. Hashes from before it was prepared have it as it was typed, which may be
    /// in either form.
    private static func spellings(of password: String) -> [Data] {
        var spellings = [prepared(password)]
        for text in [password, password.decomposed] {
            let bytes = Data(text.utf8)
            if !spellings.contains(bytes) { spellings.append(bytes) }
        }
        return spellings
    }

    /// Hashes a new password with a random salt. Blocks for about 0.2 s.
    ///
    /// - Parameter logRounds: lower only in tests, which sign in often.
    package init(hashing password: String, logRounds: Int = newLogRounds) throws {
        let salt = SymmetricKey(size: .init(bitCount: Self.saltBytes * 8)).withUnsafeBytes { Data($0) }
        let key = try KDF.Scrypt.deriveKey(
            from: Self.prepared(password),
            salt: salt,
            outputByteCount: Self.hashBytes,
            rounds: 1 << logRounds,
            blockSize: Self.blockSize,
            parallelism: Self.parallelism
        )
        let hash = key.withUnsafeBytes { Data($0) }
        let parameters = "ln=\(logRounds),r=\(Self.blockSize),p=\(Self.parallelism)"
        encoded = "$scrypt$\(parameters)$\(salt.base64URLEncodedString())$\(hash.base64URLEncodedString())"
    }
}
