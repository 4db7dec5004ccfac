import Blobs
import Index

/// Bytes on their way into a bucket, as the index notes them (`Index/Queries/Publishing.swift`).
extension FileStore {
    var lease: PublishLease {
        PublishLease { [index] key in
            try await index.write { try $0.beginPublish(of: key.description) }
        } renew: { [index] key, uploadID in
            // It may use the reserve: else the disk would fill up with the bytes that were sent already.
            try await index.write(for: .upkeep) { try $0.renewPublish(of: key.description, uploadID: uploadID) }
        }
    }

    /// Gives published bytes up that get no row. What cannot be removed now goes when the lease is over.
    func abandonPublishes(of keys: [String]) async {
        guard !keys.isEmpty else { return }
        do {
            try await index.write(for: .upkeep) { tx in
                for key in keys { try tx.doom(key: key, notBefore: tx.now) }
            }
            try await removeDoomed(keys)
        } catch {}
    }
}
