import Glibc
import NIOCore

extension DiskBlobStore {
    /// Opens the bytes of an upload that has `offset` of them; nil when they are not there, so that it cannot go on.
    package func openPartial(_ id: String, at offset: Int64) async throws(BlobError) -> PartialFile? {
        let threads = threads
        do throws(BlobError) {
            return try await run { (directory) throws(BlobError) in
                try PartialFile(id, at: offset, in: directory, threads: threads)
            }
        } catch .io(_, ENODATA) {
            return nil
        }
    }

    /// Whether an upload has that many bytes. Runs on the calling thread, as ``open(_:)`` does.
    package func hasPartial(_ id: String, bytes: Int64) async throws(BlobError) -> Bool {
        guard bytes > 0 else { return true }
        let directory = try opened()
        var status = Glibc.stat()
        let exists = try check("stat", unless: ENOENT) {
            fstatat(directory.incoming.raw, PartialFile.name(of: id), &status, AT_SYMLINK_NOFOLLOW)
        }
        return exists && Int64(status.st_size) >= bytes
    }

    /// Gives the bytes of a whole upload a second name, that of an ordinary spool, and hashes them. From there on they go
    /// the way of any spool; the upload keeps its own name, so that it may go on when that fails.
    ///
    /// They are hashed in one go, not as they come: a state of the hash that survives a restart would be a second truth.
    package func takeOver(_ id: String, sampleBytes: Int = 65_536) async throws(BlobError) -> SpooledBlob {
        let file = try await run { (directory) throws(BlobError) in
            try IncomingFile(in: directory, linking: PartialFile.name(of: id))
        }
        FaultPoint.reached(.partTaken)
        var (fingerprint, sample) = (Fingerprint(), ByteBuffer())
        while true {
            let (before, offset) = (fingerprint, fingerprint.byteCount)
            let (after, piece) = try await run { (_) throws(BlobError) in
                var next = before
                let bytes = try file.read(at: offset, count: 1 << 20)
                next.update(bytes)
                return (next, bytes)
            }
            guard piece.readableBytes > 0 else { break }
            if offset == 0 { sample = ByteBuffer(bytes: piece.readableBytesView.prefix(sampleBytes)) }
            fingerprint = after
        }
        return SpooledBlob(fingerprint, sample: sample, content: nil, file: file)
    }

    /// Removes the bytes of uploads that have ended.
    package func removePartials(_ ids: [String]) async throws(BlobError) {
        try await run { (directory) throws(BlobError) in
            for id in ids { try directory.removeIncoming(PartialFile.name(of: id)) }
        }
    }

    /// Removes the bytes of uploads that are not open any more, and returns how many. Only before the first request: an
    /// upload that begins has a file before anybody looks.
    package func sweepPartials(
        isOpen: @Sendable ([String]) async throws -> Set<String>
    ) async throws -> Int {
        let ids = try await run { (directory) throws(BlobError) in
            try Descriptor.names(in: directory.incoming.raw, ".").filter { $0.hasPrefix(PartialFile.prefix) }
                .map { String($0.dropFirst(PartialFile.prefix.count)) }
        }
        guard !ids.isEmpty else { return 0 }
        let open = try await isOpen(ids)
        let ended = ids.filter { !open.contains($0) }
        try await removePartials(ended)
        return ended.count
    }
}
