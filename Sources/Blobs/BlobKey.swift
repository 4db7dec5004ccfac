import Glibc

/// The address of published bytes: their digest, and a generation that no other publish has had or will have.
///
/// Written `sha256/ab/<62 hex>.<32 hex>`, which is 105 characters. This is also the path below `blobs/`, so a key never
/// has to be translated. Keys sort as their descriptions do, and `DiskBlobStore.list(after:limit:)` uses that order.
package struct BlobKey: Hashable, Sendable, CustomStringConvertible, Comparable {
    /// What has the bytes, and what the key begins with.
    package enum Kind: String, Sendable {
        case content = "sha256"
        /// A part of an upload, which goes when the upload is whole. Only in a bucket.
        case part = "upload"
    }

    package let kind: Kind
    package let digest: BlobDigest
    /// 32 lower-case hex digits. Later publishes sort later, as far as the clock can be trusted.
    package let generation: String

    /// A new key for one publish (invariant 3).
    static func fresh(_ kind: Kind = .content, for digest: BlobDigest) -> BlobKey {
        BlobKey(kind, digest: digest, generation: Token.fresh())
    }

    init(_ kind: Kind = .content, digest: BlobDigest, generation: String) {
        self.kind = kind
        self.digest = digest
        self.generation = generation
    }

    /// Takes exactly what `description` gives: no other case, no other length. Nil for anything else, so that a path
    /// built from a key cannot leave the store.
    package init?(_ description: String) {
        let parts = description.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, let kind = Kind(rawValue: String(parts[0])) else { return nil }
        self.init(kind, directory: String(parts[1]), name: String(parts[2]))
        guard self.description == description else { return nil }
    }

    /// Takes a file name, and the two digits of the directory in which it was found.
    init?(_ kind: Kind = .content, directory: String, name: String) {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let digest = BlobDigest(hex: directory + parts[0]), Token.isOne(parts[1]) else {
            return nil
        }
        self.init(kind, digest: digest, generation: String(parts[1]))
        guard self.name == name, digest.hex.hasPrefix(directory) else { return nil }
    }

    package var description: String { "\(directory)/\(name)" }

    /// The directory that holds the bytes, below `blobs/`.
    var directory: String { "\(kind.rawValue)/\(digest.hex.prefix(2))" }

    /// The name in that directory.
    var name: String { "\(digest.hex.dropFirst(2)).\(generation)" }

    /// The name in a directory for all keys.
    var flatName: String { "\(digest.hex).\(generation)" }

    package static func < (left: BlobKey, right: BlobKey) -> Bool {
        if left.kind != right.kind { return left.kind == .content }
        return left.digest == right.digest
            ? left.generation < right.generation
            : left.digest.bytes.lexicographicallyPrecedes(right.digest.bytes)
    }
}

/// Makes 32 hex digits that never repeat: 48 bits of Unix milliseconds, then 80 random bits.
enum Token {
    static func fresh() -> String {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let milliseconds = UInt64(now.tv_sec) * 1000 + UInt64(now.tv_nsec) / 1_000_000
        let high = milliseconds << 16 | UInt64.random(in: 0...0xffff)
        let low = UInt64.random(in: .min ... .max)
        let bytes = [high, low].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) } }
        return Hex.encode(bytes)
    }

    static func isOne(_ text: some StringProtocol) -> Bool {
        text.utf8.count == 32 && text.utf8.allSatisfy { ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x61 && $0 <= 0x66) }
    }
}
