import API
import Crypto
import FoundationEssentials

/// Signs a delivery, so that the receiver can tell who sent it (Standard Webhooks 1.0, symmetric).
struct WebhookSignature: Sendable {
    private static let prefix = "whsec_"

    private let key: SymmetricKey

    /// - Parameter secret: `whsec_` and the key in Base64.
    /// - Throws: a final ``AttemptFailure`` when it is anything else.
    init(secret: String) throws(AttemptFailure) {
        guard secret.hasPrefix(Self.prefix), let key = Data(base64Encoded: String(secret.dropFirst(Self.prefix.count)))
        else {
            throw AttemptFailure("The channel's webhook secret is not whsec_ and Base64; set it anew", isFinal: true)
        }
        self.key = SymmetricKey(data: key)
    }

    /// The value of `webhook-signature`: HMAC-SHA256 of id, time and body.
    ///
    /// - Parameter seconds: the time of sending since 1970, the same as in `webhook-timestamp`.
    func value(id: String, seconds: Int64, body: some Sequence<UInt8>) -> String {
        let signed = Data("\(id).\(seconds).".utf8) + Data(body)
        return "v1," + Data(HMAC<SHA256>.authenticationCode(for: signed, using: key)).base64EncodedString()
    }
}
