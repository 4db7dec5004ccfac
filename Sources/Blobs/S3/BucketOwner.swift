import NIOCore

// Whose a bucket is: the object `placet-store` below its prefix has the id of the store, in the words of the `STORE` file of
// a folder. Its name comes before all keys of contents.
extension S3BlobStore {
    private static let ownerName = "placet-store"
    private static let words = "placet bucket 1 "

    /// The id of the store that has its bytes here; nil when nobody has.
    package func owner() async throws(BlobError) -> String? {
        guard let size = try await reaching({ try await bucket.size(of: Self.ownerName) }) else { return nil }
        guard size == Self.words.utf8.count + 33 else { throw .foreignLayout }
        let text = String(buffer: try await reaching { try await bucket.bytes(of: Self.ownerName, range: 0..<size) })
        let id = text.dropFirst(Self.words.count).dropLast()
        guard text == "\(Self.words)\(id)\n", Token.isOne(id) else { throw .foreignLayout }
        return String(id)
    }

    func hasOwner() async throws(BlobError) -> Bool {
        try await reaching { try await bucket.size(of: Self.ownerName) } != nil
    }

    /// Says that the bucket is a store's. Two that do so at the same moment are told apart by the index that they share, or
    /// by the next start.
    package func own(as storeID: String) async throws(BlobError) {
        let text = ByteBuffer(string: "\(Self.words)\(storeID)\n")
        try await reaching { try await bucket.put(Self.ownerName, .bytes(text)) }
    }

    /// Sees by a few small objects whether the bucket keeps what it is given.
    ///
    /// - Returns: what the operator should know, in sentences, though it can be used.
    /// - Throws: ``BlobError/unreachable(reason:)`` with what is wrong and what to do.
    package func prove() async throws -> [String] {
        let findings = try await S3Probe(bucket).run()
        let fatal = findings.filter(\.isFatal).map { $0.sentence(settings.location) }
        guard fatal.isEmpty else { throw BlobError.unreachable(reason: fatal.joined(separator: " ")) }
        return findings.map { $0.sentence(settings.location) }
    }
}
