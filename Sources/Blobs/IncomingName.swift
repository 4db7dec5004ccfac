/// A name in `incoming/`: which session made it and, once known, the key its bytes are or will be published under.
struct IncomingName: CustomStringConvertible, Sendable {
    let session: String
    let key: BlobKey?
    let description: String

    /// For a spool whose content is not known yet, and for the probe file of `checkWritable`.
    init(session: String) {
        self.session = session
        key = nil
        description = "\(session).\(Token.fresh())"
    }

    init(session: String, key: BlobKey) {
        self.session = session
        self.key = key
        description = "\(session).\(key.digest.hex).\(key.generation)"
    }

    /// Takes a name found on disk. Nil if this module would not make such a name.
    init?(_ name: String) {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard let session = parts.first, let last = parts.last, Token.isOne(session), Token.isOne(last) else {
            return nil
        }
        switch parts.count {
        case 2: key = nil
        case 3:
            guard let digest = BlobDigest(hex: parts[1]), digest.hex == parts[1] else { return nil }
            key = BlobKey(digest: digest, generation: String(last))
        default: return nil
        }
        self.session = String(session)
        description = name
    }
}
