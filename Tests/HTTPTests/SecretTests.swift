import Crypto
import Foundation
import HTTP
import Testing

@Suite("Secrets")
struct SecretTests {
    @Test("a key is hp_ and 43 characters of base64url, which are 256 bits")
    func format() throws {
        for _ in 0..<100 {
            let text = Secret(.apiKey).text
            #expect(text.wholeMatch(of: /hp_[A-Za-z0-9_-]{43}/) != nil)
            let base64 = text.dropFirst(3).replacing("-", with: "+").replacing("_", with: "/") + "="
            #expect(Data(base64Encoded: String(base64))?.count == 32)
        }
    }

    @Test("a secret of one kind is none of another")
    func kinds() {
        for kind in [Secret.Kind.session, .share] {
            #expect(Secret(Secret(kind).text, .apiKey) == nil)
            #expect(Secret(Secret(.apiKey).text, kind) == nil)
        }
    }

    @Test("no two keys are alike")
    func fresh() {
        #expect(Set((0..<100).map { _ in Secret(.apiKey).text }).count == 100)
    }

    @Test("the hash is the SHA-256 of the whole text, prefix included")
    func hash() throws {
        let text = "hp_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"
        #expect(try #require(Secret(text, .apiKey)).hash == Array(SHA256.hash(data: Data(text.utf8))))
    }

    @Test("the first 11 characters may be shown")
    func shownPrefix() {
        let secret = Secret(.apiKey)
        #expect(secret.shownPrefix.count == 11)
        #expect(secret.text.hasPrefix(secret.shownPrefix))
    }

    @Test("its own text reads back as the same key")
    func readBack() {
        let secret = Secret(.apiKey)
        #expect(Secret(secret.text, .apiKey)?.hash == secret.hash)
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
        #expect(Secret(text, .apiKey) == nil)
    }
}
