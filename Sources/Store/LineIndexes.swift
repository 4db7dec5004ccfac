import Blobs
import Lines

// The index of a long text's lines is kept beside its bytes (`Blobs/DerivedFiles.swift`).
extension FileStore {
    /// The index of a text's lines; nil when none is kept, or when what is kept is not that of these bytes.
    package func lineIndex(of key: BlobKey, size: Int, coding: LineCoding) async throws(BlobError) -> LineIndex? {
        let bytes = try await folder.derived(from: key, limit: LineIndex.mostBytes)
        let index = bytes.flatMap { LineIndex($0, of: key.digest.bytes, size: size) }
        return index?.coding == coding ? index : nil
    }

    /// Keeps an index. It is no harm when it cannot be kept: it is then made again.
    package func keep(_ index: LineIndex, of key: BlobKey) async {
        try? await folder.keepDerived(index.encoded(of: key.digest.bytes), from: key, inBucket: blobs.leases)
    }

    /// Removes indexes whose bytes are gone, and those that are not whole. They are no faults: nothing is lost with them.
    func sweepLineIndexes() async throws {
        for key in try await folder.keysWithDerived() {
            try Task.checkCancellation()
            let size = try await blobs.size(of: key)
            let bytes = try await folder.derived(from: key, limit: LineIndex.mostBytes)
            if let size, let bytes, LineIndex(bytes, of: key.digest.bytes, size: Int(size)) != nil { continue }
            try await folder.removeDerived(from: key)
        }
    }
}
