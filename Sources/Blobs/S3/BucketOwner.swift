import NIOCore

// Whose a bucket is: the object `placet-store` below its prefix has the id of the store, in the words of the `STORE` file of
// a folder. Its name comes before all keys of contents.
extension S3Bucket {
    private static let ownerName = "placet-store"
    private static let words = "placet bucket 1 "
    /// Followed by the id of a store that is about to own the bucket, and by what tells its nodes apart.
    private static let claimName = ownerName + ".claim-"

    /// The id of the store that has its bytes here; nil when nobody has.
    package func owner() async throws(BlobError) -> String? {
        guard let size = try await reaching({ try await size(of: Self.ownerName) }) else { return nil }
        guard size == Self.words.utf8.count + 33 else { throw .foreignLayout }
        let text = String(buffer: try await reaching { try await bytes(of: Self.ownerName, range: 0..<size) })
        let id = text.dropFirst(Self.words.count).dropLast()
        guard text == "\(Self.words)\(id)\n", Token.isOne(id) else { throw .foreignLayout }
        return String(id)
    }

    /// - Throws: ``BlobError/unreachable(reason:)`` when nobody has it.
    func checkOwner() async throws(BlobError) {
        if try await reaching({ try await size(of: Self.ownerName) }) != nil { return }
        throw .unreachable(reason: "The bucket has lost its object placet-store, or was replaced.")
    }

    /// Makes a bucket that has no owner a store's.
    ///
    /// Others may try at the same moment, and of what S3 has, nothing lets only one succeed at every service. So each
    /// leaves a claim before it looks for those of others: whoever looks last sees all of them. Who sees one gives up, even
    /// if that is everybody.
    ///
    /// - Returns: the id of another store, which was there first or tries too; nil when the bucket is this one's now.
    package func claim(for storeID: String) async throws(BlobError) -> String? {
        let claim = "\(Self.claimName)\(storeID).\(Token.fresh())"
        try await reaching { try await put(claim, .bytes(ByteBuffer())) }
        var other = try await otherClaimant(than: storeID)
        if other == nil { other = try await owner() }
        if other == nil { try await own(as: storeID) }
        // A listing that lags behind has hidden a claim; now one of two owners has overwritten the other.
        if other == nil { other = try await owner() }
        try await reaching { try await remove(claim) }
        return other == storeID ? nil : other
    }

    /// Whether it has no objects, but maybe what a claim of this store has left that was cut off.
    func isEmpty(for storeID: String) async throws(BlobError) -> Bool {
        let objects = try await reaching { try await list() }
        return objects.allSatisfy { $0.key.hasPrefix(Self.claimName + storeID) }
    }

    /// Comes before the owner is looked for: a claim is removed once there is one.
    private func otherClaimant(than storeID: String) async throws(BlobError) -> String? {
        let objects = try await reaching { try await list(after: Self.claimName) }
        let claims = objects.map(\.key).filter { $0.hasPrefix(Self.claimName) }
        let claimants = claims.map { String($0.dropFirst(Self.claimName.count).prefix(while: { $0 != "." })) }
        return claimants.first { $0 != storeID }
    }

    /// Says whose the bucket is, whoever it was before.
    package func own(as storeID: String) async throws(BlobError) {
        let text = ByteBuffer(string: "\(Self.words)\(storeID)\n")
        try await reaching { try await put(Self.ownerName, .bytes(text)) }
    }

    /// Sees by a few small objects whether the bucket keeps what it is given.
    ///
    /// - Returns: what the operator should know, in sentences, though it can be used.
    /// - Throws: ``BlobError/unreachable(reason:)`` with what is wrong and what to do.
    package func prove() async throws -> [String] {
        let findings = try await S3Probe(self).run()
        let fatal = findings.filter(\.isFatal).map { $0.sentence(location) }
        guard fatal.isEmpty else { throw BlobError.unreachable(reason: fatal.joined(separator: " ")) }
        return findings.map { $0.sentence(location) }
    }
}
