import CSyncfs
import Glibc

/// What is wrong with bytes that were read again.
package enum Flaw: String, Error {
    case missing, wrongLength, wrongBytes, unreadable

    /// - Parameter found: nil when the disk could not read them.
    init?(_ found: BlobDigest?, unlike wanted: BlobDigest) {
        if found == wanted { return nil }
        self = found == nil ? .unreadable : .wrongBytes
    }
}

/// Copies on their way into a folder with `incoming/` and `blobs/`. For one task.
///
/// A copy gets its name once it is durable. They wait for that in `incoming/`, because flushing the whole file system
/// costs about what flushing one small file does.
final class Copies {
    private static let mostWaiting = 500
    /// In bytes.
    private static let mostWaitingBytes = 256 << 20

    private let incoming: Descriptor
    private let blobs: Descriptor
    /// The names that copies are to have below `blobs/`. Until then each has the number of its place here.
    private var waiting: [String] = []
    private var waitingBytes = 0

    /// Removes what an earlier process left in `incoming/`. Nobody else may use the folder.
    init(into root: Int32) throws(BlobError) {
        incoming = try Descriptor("incoming", in: root, O_RDONLY | O_DIRECTORY)
        blobs = try Descriptor("blobs", in: root, O_RDONLY | O_DIRECTORY)
        let raw = incoming.raw
        for name in try Descriptor.names(in: raw, ".") { try check("unlink") { unlinkat(raw, name, 0) } }
    }

    /// Copies a file, if its bytes are those of the digest.
    ///
    /// - Parameters:
    ///   - place: its path below `blobs/`.
    ///   - progress: gets the number of bytes copied since it was called last.
    /// - Returns: what is wrong with it; nil when it is copied.
    /// - Throws: ``BlobError`` when it cannot be read for a reason that may pass, or not be written, and nothing of it is
    ///   left; what `progress` throws.
    nonisolated(nonsending) func add(
        _ name: String,
        in folder: Int32,
        of digest: BlobDigest,
        size: Int64,
        as place: String,
        progress: (Int) async throws -> Void
    ) async throws -> Flaw? {
        let opened = try HashingReader.open(name, in: folder, size: size)
        guard case .success(let reader) = opened else { return opened.flaw }
        let (number, raw) = ("\(waiting.count)", incoming.raw)
        do {
            if let flaw = try await copy(reader, to: number, of: digest, progress) {
                try check("unlink") { unlinkat(raw, number, 0) }
                return flaw
            }
        } catch {
            unlinkat(raw, number, 0)
            try? settle()  // What is whole need not be copied again.
            throw error
        }
        waiting.append(place)
        waitingBytes += reader.offset
        if waiting.count >= Self.mostWaiting || waitingBytes >= Self.mostWaitingBytes { try settle() }
        return nil
    }

    private nonisolated(nonsending) func copy(
        _ reader: HashingReader,
        to number: String,
        of digest: BlobDigest,
        _ progress: (Int) async throws -> Void
    ) async throws -> Flaw? {
        let copy = try Descriptor(number, in: incoming.raw, O_WRONLY | O_CREAT | O_EXCL, mode: 0o440)
        let found = try await reader.finish(progress) { piece, offset in
            try copy.write(piece, at: Int64(offset))
        }
        return Flaw(found, unlike: digest)
    }

    /// Makes all copies durable and gives them their names. These are durable after the next flush.
    func settle() throws(BlobError) {
        let (from, to) = (incoming.raw, blobs.raw)
        try check("syncfs") { syncfs(to) }
        FaultPoint.reached(.copied)
        for (number, place) in waiting.enumerated() {
            try check("rename") { renameat(from, "\(number)", to, place) }
        }
        FaultPoint.reached(.copiesNamed)
        (waiting, waitingBytes) = ([], 0)
    }
}

extension Result where Failure == Flaw {
    /// Nil after a success.
    var flaw: Flaw? {
        guard case .failure(let flaw) = self else { return nil }
        return flaw
    }
}
