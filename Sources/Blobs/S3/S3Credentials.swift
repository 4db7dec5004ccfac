import Glibc

/// Who asks an S3 service. Its description tells no secret.
package struct S3Credentials: Sendable, CustomStringConvertible, CustomReflectable {
    package let keyID: String
    let secret: String
    /// Of credentials that end by themselves.
    let sessionToken: String?

    package init(keyID: String, secret: String, sessionToken: String? = nil) {
        self.keyID = keyID
        self.secret = secret
        self.sessionToken = sessionToken
    }

    /// Takes those of the variables `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`, or else those
    /// of `AWS_PROFILE` (`default`) in the file `AWS_SHARED_CREDENTIALS_FILE` (`~/.aws/credentials`).
    ///
    /// - Throws: ``S3CredentialsProblem``.
    package init(environment: [String: String]) throws(S3CredentialsProblem) {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        let (keyID, secret) = (value("AWS_ACCESS_KEY_ID"), value("AWS_SECRET_ACCESS_KEY"))
        guard (keyID == nil) == (secret == nil) else { throw .half }
        if let keyID, let secret {
            self.init(keyID: keyID, secret: secret, sessionToken: value("AWS_SESSION_TOKEN"))
        } else {
            guard let path = value("AWS_SHARED_CREDENTIALS_FILE") ?? value("HOME").map({ "\($0)/.aws/credentials" })
            else { throw .none }
            try self.init(file: path, profile: value("AWS_PROFILE") ?? "default")
        }
        let all = self.keyID + self.secret + (sessionToken ?? "")
        guard all.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { throw .characters }
    }

    package var description: String { "the access key \(keyID)" }

    package var customMirror: Mirror { Mirror(self, children: ["keyID": keyID]) }

    private init(file path: String, profile: String) throws(S3CredentialsProblem) {
        let text: String
        do throws(BlobError) {
            text = try Descriptor(path, in: AT_FDCWD, O_RDONLY).text(limit: 1 << 16)
        } catch .io(_, ENOENT) {
            throw .none
        } catch {
            throw .unreadable(path)
        }
        var (isOurs, values) = (false, [String: String]())
        for line in text.split(whereSeparator: \.isNewline) {
            let line = line.drop(while: \.isWhitespace)
            if line.hasPrefix("[") {
                isOurs = line.dropFirst().prefix { $0 != "]" } == profile
            } else if isOurs, !line.hasPrefix("#"), !line.hasPrefix(";") {
                let name = line.prefix { $0 != "=" }
                values[Self.trimmed(name).lowercased()] = Self.trimmed(line.dropFirst(name.count + 1))
            }
        }
        guard let keyID = values["aws_access_key_id"], let secret = values["aws_secret_access_key"],
            !keyID.isEmpty, !secret.isEmpty
        else { throw .profile(profile, path) }
        self.init(keyID: keyID, secret: secret, sessionToken: values["aws_session_token"])
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}

/// Why there are no credentials.
package enum S3CredentialsProblem: Error, CustomStringConvertible {
    case none, half, characters
    case unreadable(String)
    case profile(String, String)

    package var description: String {
        switch self {
        case .none:
            """
            There are no credentials for the bucket. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a file \
            like ~/.aws/credentials by AWS_SHARED_CREDENTIALS_FILE.
            """
        case .half: "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY go together. Set both, or neither."
        case .characters:
            "The credentials of the bucket have a line end, a blank or another character in them that none has."
        case .unreadable(let path): "The file of credentials \(path) cannot be read. Check its owner and its mode."
        case .profile(let profile, let path):
            "\(path) has no aws_access_key_id and aws_secret_access_key below [\(profile)]. AWS_PROFILE names another."
        }
    }
}
