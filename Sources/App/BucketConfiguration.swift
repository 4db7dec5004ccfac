import Blobs

extension BucketSettings {
    /// The name of its host, if this server is reached under it too.
    func ownSite(among hosts: Set<String>, _ publicURL: String?) -> String? {
        func name(_ url: some StringProtocol) -> String {
            String(url.drop { $0 != "/" }.drop { $0 == "/" }.prefix { $0 != "/" && $0 != ":" }).lowercased()
        }
        let host = name(location.endpoint)
        return hosts.contains(host) || publicURL.map(name) == host ? host : nil
    }
}

extension Values {
    /// The bucket that is named, or else the one that the storage folder remembers; nil for neither, and for `disk`.
    func bucket(of storage: String, _ environment: [String: String]) throws(ConfigurationError) -> BucketSettings? {
        guard let text = self["blobs"] ?? FolderNote.bucket.read(in: storage) else { return nil }
        if text == "disk" { return nil }
        let cacheBytes = try integer("blob.cache.bytes", default: 256 << 20, in: 0...(1 << 50))
        let keepDays = try integer("bucket.keep.days", default: 7, in: 0...3650)
        do {
            return BucketSettings(
                text: text,
                location: try S3Location(text),
                credentials: Result { () throws(S3CredentialsProblem) in try S3Credentials(environment: environment) },
                cacheBytes: cacheBytes,
                keep: .seconds(86_400 * keepDays)
            )
        } catch {
            throw ConfigurationError("blobs", "cannot be used. \(error)")
        }
    }
}
