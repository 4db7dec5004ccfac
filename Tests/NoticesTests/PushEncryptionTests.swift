import Crypto
import Foundation
import HTTP
import Index
import JSON
import NIOCore
import Testing

@testable import Notices

@Suite("What a browser is sent")
struct PushEncryptionTests {
    @Test("The encryption is that of the example of RFC 8291, section 5")
    func example() throws {
        func bytes(_ text: String) throws -> Data { try #require(Data(base64URL: text)) }
        let encryption = try PushEncryption(
            p256dh: bytes("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
            auth: bytes("BTBZMqHH6r4Tts7J_aSIgg")
        )
        let body = try encryption.body(
            Array("When I grow up, I want to be a watermelon".utf8),
            key: P256.KeyAgreement.PrivateKey(rawRepresentation: bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")),
            salt: bytes("DGv6ra1nlYgDCS1FRnbzlw")
        )
        let expected = """
            DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl\
            95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN
            """
        #expect(Data(body).base64URLEncodedString() == expected)
    }

    @Test("Each message has a key and a salt of its own, so two of the same text differ")
    func fresh() throws {
        let browser = try TestBrowser()
        let encryption = try PushEncryption(p256dh: browser.p256dh, auth: browser.auth)
        let bodies = try (0..<2).map { _ in try encryption.body(Array("{}".utf8)) }
        #expect(bodies[0] != bodies[1])
        for body in bodies { #expect(try browser.opened(body) == .object([:])) }
    }

    @Test("A point that is not on the curve is no key")
    func badPoint() {
        #expect(throws: (any Error).self) {
            try PushEncryption(p256dh: Data([4] + [UInt8](repeating: 1, count: 64)), auth: Data(count: 16))
        }
    }
}

/// A browser that has subscribed; opens what it is sent.
struct TestBrowser: Sendable {
    private let key = P256.KeyAgreement.PrivateKey()
    let auth: Data

    var p256dh: Data { key.publicKey.x963Representation }

    init() throws {
        auth = SymmetricKey(size: .bits128).withUnsafeBytes { Data($0) }
    }

    /// What `PushSubscription.toJSON()` gives.
    func subscription(_ endpoint: String) -> String {
        #"""
        {"endpoint":"\#(endpoint)","expirationTime":null,
        "keys":{"p256dh":"\#(p256dh.base64URLEncodedString())","auth":"\#(auth.base64URLEncodedString())"}}
        """#
    }

    /// Decrypts as RFC 8291 says a browser does.
    func opened(_ body: [UInt8]) throws -> JSONValue {
        let (salt, sender, record) = (Data(body[..<16]), Data(body[21..<86]), body[86...])
        #expect(body[16..<21] == [0, 0, 16, 0, 65] && body.count <= 4096)
        let secret = try key.sharedSecretFromKeyAgreement(with: P256.KeyAgreement.PublicKey(x963Representation: sender))
        let shared = secret.hkdfDerivedSymmetricKey(
            using: SHA256.self,
            salt: auth,
            sharedInfo: Data("WebPush: info\0".utf8) + p256dh + sender,
            outputByteCount: 32
        )
        func derived(_ info: String, _ count: Int) -> SymmetricKey {
            HKDF<SHA256>.deriveKey(
                inputKeyMaterial: shared,
                salt: salt,
                info: Data("Content-Encoding: \(info)\0".utf8),
                outputByteCount: count
            )
        }
        let nonce = try derived("nonce", 12).withUnsafeBytes { try AES.GCM.Nonce(data: $0) }
        let box = try AES.GCM.SealedBox(nonce: nonce, ciphertext: record.dropLast(16), tag: record.suffix(16))
        let plaintext = try AES.GCM.open(box, using: derived("aes128gcm", 16))
        #expect(plaintext.last == 2)
        return try JSONValue(parsing: plaintext.dropLast())
    }
}
