import Crypto
import Glibc

/// Signs requests by AWS Signature Version 4.
struct S3Signature {
    /// Of no bytes at all.
    static let emptyDigest = hex(SHA256.hash(data: [UInt8]()))

    private static let algorithm = "AWS4-HMAC-SHA256"

    let location: S3Location
    let credentials: S3Credentials
    /// `20260131T235959Z`
    let time: String

    /// - Parameter seconds: since 1970. Services refuse what is a quarter of an hour off.
    init(_ location: S3Location, _ credentials: S3Credentials, at seconds: Int64) {
        self.location = location
        self.credentials = credentials
        var (time, fields) = (time_t(seconds), tm())
        gmtime_r(&time, &fields)
        self.time = String(unsafeUninitializedCapacity: 17) { buffer in
            buffer.withMemoryRebound(to: CChar.self) {
                strftime($0.baseAddress, $0.count, "%Y%m%dT%H%M%SZ", &fields)
            }
        }
    }

    /// The fields that a request needs beside its own.
    ///
    /// - Parameters:
    ///   - path: percent-encoded, as it is sent.
    ///   - query: as ``query(_:)`` gives it.
    ///   - digest: the SHA-256 of the body, in hex. The service checks it.
    func fields(_ method: String, path: String, query: String, digest: String) -> [(name: String, value: String)] {
        var fields = [("host", location.host), ("x-amz-content-sha256", digest), ("x-amz-date", time)]
        if let token = credentials.sessionToken { fields.append(("x-amz-security-token", token)) }
        let signature = signature(method, path, query, fields, digest)
        let credential = "Credential=\(credentials.keyID)/\(scope)"
        let names = fields.map(\.0).joined(separator: ";")
        fields.append(
            ("authorization", "\(Self.algorithm) \(credential), SignedHeaders=\(names), Signature=\(signature)")
        )
        return fields
    }

    /// A link that works without credentials for so many seconds, for this method alone.
    func link(_ method: String, path: String, query items: [(String, String)], seconds: Int) -> String {
        var items = items
        items += [
            ("X-Amz-Algorithm", Self.algorithm), ("X-Amz-Credential", "\(credentials.keyID)/\(scope)"),
            ("X-Amz-Date", time), ("X-Amz-Expires", "\(seconds)"), ("X-Amz-SignedHeaders", "host"),
        ]
        if let token = credentials.sessionToken { items.append(("X-Amz-Security-Token", token)) }
        let query = Self.query(items)
        let signature = signature(method, path, query, [("host", location.host)], "UNSIGNED-PAYLOAD")
        return "\(location.endpoint)\(path)?\(query)&X-Amz-Signature=\(signature)"
    }

    /// Items as they are sent and signed: percent-encoded, in the order of their names.
    static func query(_ items: [(String, String)]) -> String {
        items.map { (S3Text.encoded($0.0), S3Text.encoded($0.1)) }
            .sorted { $0.0 == $1.0 ? $0.1 < $1.1 : $0.0 < $1.0 }
            .map { "\($0.0)=\($0.1)" }
            .joined(separator: "&")
    }

    private var scope: String { "\(time.prefix(8))/\(location.region)/s3/aws4_request" }

    private func signature(
        _ method: String,
        _ path: String,
        _ query: String,
        _ fields: [(String, String)],
        _ digest: String
    ) -> String {
        let lines = fields.map { "\($0.0):\($0.1)\n" }.joined()
        let request = [method, path, query, lines, fields.map(\.0).joined(separator: ";"), digest]
        let hash = Self.hex(SHA256.hash(data: Array(request.joined(separator: "\n").utf8)))
        let text = [Self.algorithm, time, scope, hash].joined(separator: "\n")
        var key = Array("AWS4\(credentials.secret)".utf8)
        for part in scope.split(separator: "/") { key = Self.code(part, key) }
        return Hex.encode(Self.code(text, key))
    }

    private static func code(_ text: some StringProtocol, _ key: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: SymmetricKey(data: key)))
    }

    private static func hex(_ digest: SHA256.Digest) -> String { Hex.encode(Array(digest)) }
}
