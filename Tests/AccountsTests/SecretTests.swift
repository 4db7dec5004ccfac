import Crypto
import Foundation
import Testing

@testable import Accounts

@Suite("APIKeySecret")
struct APIKeySecretTests {
    @Test("a key is hp_ and 43 characters of base64url, which are 256 bits")
    func format() throws {
        for _ in 0..<100 {
            let text = APIKeySecret().text
            #expect(text.wholeMatch(of: /hp_[A-Za-z0-9_-]{43}/) != nil)
            let base64 = text.dropFirst(3).replacing("-", with: "+").replacing("_", with: "/") + "="
            #expect(Data(base64Encoded: String(base64))?.count == 32)
        }
    }

    @Test("no two keys are alike")
    func fresh() {
        #expect(Set((0..<100).map { _ in APIKeySecret().text }).count == 100)
    }

    @Test("the hash is the SHA-256 of the whole text, prefix included")
    func hash() throws {
        let text = "hp_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"
        #expect(try #require(APIKeySecret(text)).hash == Array(SHA256.hash(data: Data(text.utf8))))
    }

    @Test("the first 11 characters may be shown")
    func shownPrefix() {
        let secret = APIKeySecret()
        #expect(secret.shownPrefix.count == 11)
        #expect(secret.text.hasPrefix(secret.shownPrefix))
    }

    @Test("its own text reads back as the same key")
    func readBack() {
        let secret = APIKeySecret()
        #expect(APIKeySecret(secret.text)?.hash == secret.hash)
    }

    @Test(
        "text that cannot be a key is none",
        arguments: [
            "", "hp_", "hp_short", "HP_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG",
            "0123456789abcdefghijklmnopqrstuvwxyz",
            " hp_0123456789abcdefghijklmnop", "hp_" + String(repeating: "a", count: 98),
        ]
    )
    func noKey(text: String) {
        #expect(APIKeySecret(text) == nil)
    }
}

@Suite("PasswordHash")
struct PasswordHashTests {
    @Test("a hash names its function and parameters, and carries 16 bytes of salt and 32 of hash")
    func format() throws {
        let encoded = try PasswordHash(hashing: "correct horse").encoded
        let parts = encoded.split(separator: "$").map(String.init)
        #expect(parts.count == 4)
        #expect(parts.prefix(2) == ["scrypt", "ln=15,r=8,p=3"])
        #expect(parts[2].wholeMatch(of: /[A-Za-z0-9_-]{22}/) != nil)
        #expect(parts[3].wholeMatch(of: /[A-Za-z0-9_-]{43}/) != nil)
        #expect(!encoded.contains("horse"))
    }

    @Test("two hashes of one password have neither salt nor hash in common")
    func salted() throws {
        let first = try PasswordHash(hashing: "correct horse").encoded.split(separator: "$")
        let second = try PasswordHash(hashing: "correct horse").encoded.split(separator: "$")
        #expect(first[2] != second[2])
        #expect(first[3] != second[3])
    }
}
