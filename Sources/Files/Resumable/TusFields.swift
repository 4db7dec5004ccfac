import Crypto
import FoundationEssentials
import HTTP
import Index
import NIOCore

/// `Upload-Metadata`: names, each with a value in Base64.
struct TusMetadata {
    private(set) var filename = ""
    private(set) var filetype: String?
    private(set) var channelID: Agent.ID?

    /// - Throws: ``APIError`` 400 when it is not well-formed. Unknown names are dropped.
    init(_ text: String) throws(APIError) {
        for pair in text.split(separator: ",") {
            let parts = pair.split(separator: " ", omittingEmptySubsequences: true)
            guard let name = parts.first, parts.count <= 2 else { throw Self.malformed }
            guard let data = Data(base64Encoded: String(parts.dropFirst().first ?? "")) else { throw Self.malformed }
            guard ["filename", "name", "filetype", "channelId"].contains(name), !data.isEmpty else { continue }
            guard let value = String(validating: data, as: UTF8.self), !value.utf8.contains(0) else {
                throw Self.malformed
            }
            switch name {
            case "filetype": filetype = value
            case "channelId": channelID = Agent.ID(rawValue: value)
            default: filename = value
            }
        }
    }

    private static let malformed = APIError.invalid(
        "Upload-Metadata",
        "must be names with a value in Base64, separated by commas: filename cmVwb3J0LnBkZg==,channelId …"
    )
}

/// `Upload-Checksum`: what the body of this request is to be.
struct TusChecksum {
    private var sha1: Insecure.SHA1?
    private var sha256: SHA256?
    private let expected: Data

    /// Nil without one.
    ///
    /// - Throws: ``APIError`` 400 for another algorithm, and when it is not well-formed.
    init?(_ text: String?) throws(APIError) {
        guard let text else { return nil }
        let parts = text.split(separator: " ").map(String.init)
        guard parts.count == 2, let expected = Data(base64Encoded: parts[1]) else { throw Self.unknown }
        switch parts[0] {
        case "sha1": sha1 = Insecure.SHA1()
        case "sha256": sha256 = SHA256()
        default: throw Self.unknown
        }
        self.expected = expected
    }

    private static let unknown = APIError.invalid(
        "Upload-Checksum",
        "must be sha256 or sha1, a space, and the digest in Base64"
    )

    mutating func update(_ bytes: ByteBuffer) {
        bytes.withUnsafeReadableBytes { pointer in
            sha1?.update(bufferPointer: pointer)
            sha256?.update(bufferPointer: pointer)
        }
    }

    func matches() -> Bool {
        expected == (sha1.map { Data($0.finalize()) } ?? sha256.map { Data($0.finalize()) })
    }
}
