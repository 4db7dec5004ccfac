import Glibc

/// Where the objects of a store are: a bucket of an S3-compatible service, and what all keys in it begin with.
package struct S3Location: Hashable, Sendable, CustomStringConvertible {
    /// `https://host` or `http://host:port`, without a slash at the end.
    package let endpoint: String
    package let bucket: String
    /// What the keys begin with: empty, or a path with a slash at its end.
    package let prefix: String
    /// What signatures name. Many services take any.
    package let region: String

    /// Takes `s3://bucket/prefix?endpoint=http://host:port&region=name`. Without an endpoint it is Amazon's of the
    /// region, and without a region `us-east-1`. The bucket is part of the path, which every service understands.
    ///
    /// - Throws: ``S3LocationProblem``, which does not repeat the text: somebody may have put a secret into it.
    package init(_ text: String) throws(S3LocationProblem) {
        guard let parts = text.wholeMatch(of: /s3:\/\/([^\/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?/)?.output else {
            throw .form
        }
        guard !parts.1.contains("@"), !parts.1.contains(":") else { throw .credentials }
        guard parts.1.wholeMatch(of: /[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/) != nil else { throw .bucket }
        var settings: [Substring: String] = [:]
        for setting in (parts.3 ?? "").split(separator: "&") {
            let name = setting.prefix { $0 != "=" }
            guard ["endpoint", "region"].contains(name), settings[name] == nil else { throw .setting }
            settings[name] = S3Text.decoded(setting.dropFirst(name.count + 1))
        }
        let region = settings["region"] ?? "us-east-1"
        guard region.wholeMatch(of: /[A-Za-z0-9-]{1,64}/) != nil else { throw .region }
        bucket = String(parts.1)
        self.region = region
        prefix = try Self.prefix(parts.2 ?? "")
        endpoint = try Self.endpoint(settings["endpoint"] ?? "https://s3.\(region).amazonaws.com")
    }

    package var description: String { "\(bucket)/\(prefix) at \(endpoint)" }

    /// As the `Host` field has it, and as it is signed: a port that goes without saying is left out.
    var host: String { String(endpoint.drop { $0 != "/" }.dropFirst(2)) }

    /// The path of a key below the prefix, as it is sent and signed.
    func path(_ key: String) -> String { "/\(bucket)/\(S3Text.encoded(prefix + key, keeping: "/"))" }

    private static func prefix(_ text: Substring) throws(S3LocationProblem) -> String {
        let names = text.split(separator: "/")
        for name in names {
            guard name.wholeMatch(of: /[A-Za-z0-9._-]+/) != nil, name != ".", name != ".." else { throw .prefix }
        }
        return names.map { $0 + "/" }.joined()
    }

    private static func endpoint(_ text: String) throws(S3LocationProblem) -> String {
        guard !text.contains("@") else { throw .credentials }
        let form = /(https?):\/\/(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::([0-9]{1,5}))?\/?/
        guard let parts = text.wholeMatch(of: form)?.output else { throw .endpoint }
        let usual = parts.1 == "https" ? 443 : 80
        let port = parts.3.map { Int($0) ?? 0 } ?? usual
        guard (1...65535).contains(port) else { throw .endpoint }
        return "\(parts.1)://\(parts.2.lowercased())" + (port == usual ? "" : ":\(port)")
    }
}

/// Why an address of a bucket cannot be used.
package enum S3LocationProblem: Error, CustomStringConvertible {
    case form, credentials, bucket, prefix, setting, region, endpoint

    package var description: String {
        switch self {
        case .form: "The address of a bucket looks like s3://bucket/prefix?endpoint=http://host:port&region=us-east-1."
        case .credentials:
            """
            The address of a bucket has no place for credentials. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or \
            name a file by AWS_SHARED_CREDENTIALS_FILE.
            """
        case .bucket: "The name of a bucket has 3 to 63 lower-case letters, digits, dots and hyphens."
        case .prefix: "What follows the bucket is a path of letters, digits, dots, hyphens and underscores."
        case .setting: "After the bucket only endpoint=… and region=… may follow, each once."
        case .region: "The region of a bucket is a name like us-east-1."
        case .endpoint: "The endpoint of a bucket looks like https://host or http://host:port, without a path."
        }
    }
}

/// Texts as S3 writes them in addresses.
enum S3Text {
    /// Percent-encoded as signatures want it: all but letters, digits and `-._~`.
    static func encoded(_ text: String, keeping kept: String = "") -> String {
        var encoded = ""
        for byte in text.utf8 {
            if plain.contains(byte) || kept.utf8.contains(byte) {
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                encoded += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return encoded
    }

    private static let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)

    static func decoded(_ text: Substring) -> String {
        var (bytes, rest) = ([UInt8](), Array(text.utf8)[...])
        while let byte = rest.popFirst() {
            let code = byte == 0x25 ? Hex.decode(String(decoding: rest.prefix(2), as: UTF8.self)) : nil
            bytes.append(code?.first ?? byte)
            rest = rest.dropFirst(code?.first == nil ? 0 : 2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A time as the `Date` field has it, `Sun, 06 Nov 1994 08:49:37 GMT`, in seconds since 1970.
    static func seconds(_ date: String) -> Int64? {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let words = date.split { " :,".contains($0) }
        guard words.count == 8, words[7] == "GMT", let month = months.firstIndex(of: String(words[2])) else {
            return nil
        }
        let numbers = [1, 3, 4, 5, 6].compactMap { UInt16(words[$0]).map(Int32.init) }
        guard numbers.count == 5 else { return nil }
        var fields = tm()
        (fields.tm_mday, fields.tm_mon, fields.tm_year) = (numbers[0], Int32(month), numbers[1] - 1900)
        (fields.tm_hour, fields.tm_min, fields.tm_sec) = (numbers[2], numbers[3], numbers[4])
        return Int64(timegm(&fields))
    }
}
