import API
import Crypto
import FoundationEssentials
import HTTP
import Index
import JSON

/// The key by which push services know this server (VAPID, RFC 8292). Browsers subscribe to its public half, so it is made
/// once and kept in the index.
struct ServerKey {
    /// How long a token is good. A push service refuses more than 24 hours.
    private static let lifetime: Int64 = 12 * 60 * 60

    private let key: P256.Signing.PrivateKey

    /// - Parameter raw: the private half.
    init(raw: Data) throws {
        key = try P256.Signing.PrivateKey(rawRepresentation: raw)
    }

    /// The one of this index, which is made when there is none.
    init(of index: StoreIndex) async throws {
        if let kept = try await index.read({ try $0.pushKey() }) {
            try self.init(raw: kept)
        } else {
            let new = P256.Signing.PrivateKey().rawRepresentation
            try self.init(raw: try await index.write(for: .upkeep) { try $0.keepPushKey(new) })
        }
    }

    /// The public half: an uncompressed point.
    var publicKey: Data { key.publicKey.x963Representation }

    /// The value of `Authorization` for a push service.
    ///
    /// - Parameter subject: whom the service may ask when something is wrong: a URL.
    func authorization(for origin: WebhookTarget.Origin, subject: String, now: Timestamp) throws -> String {
        let claims = Claims(aud: origin.text, exp: now.milliseconds / 1000 + Self.lifetime, sub: subject)
        let signed = [Data(#"{"typ":"JWT","alg":"ES256"}"#.utf8), Data(try JSONText.bytes(of: claims))]
            .map { $0.base64URLEncodedString() }.joined(separator: ".")
        let signature = try key.signature(for: Data(signed.utf8)).rawRepresentation.base64URLEncodedString()
        return "vapid t=\(signed).\(signature), k=\(publicKey.base64URLEncodedString())"
    }

    private struct Claims: Encodable {
        let aud: String
        let exp: Int64
        let sub: String
    }
}

extension WebhookTarget.Origin {
    /// As RFC 6454 writes it: without the port that the scheme has anyway.
    var text: String {
        let host = host.contains(":") ? "[\(host)]" : host
        let isUsual = port == (scheme == "https" ? 443 : 80)
        return "\(scheme)://\(host)" + (isUsual ? "" : ":\(port)")
    }
}
