import Crypto
import NIOCore

extension S3BlobStore {
    /// How many pieces are fetched at the same time: of a small one most of the time is that of the way.
    private static let piecesAtOnce = 4

    private struct Piece: Sendable {
        let key: BlobKey
        let range: Range<Int64>
        let isLast: Bool
    }

    /// Passes the bytes of objects on, one object after the other, and sees that each has the digest of its key.
    ///
    /// - Throws: ``BlobError/notFound(_:)``; ``BlobError/otherBytes(_:)`` after the last byte of an object; what `pass`
    ///   throws.
    package func read(
        _ objects: [(key: BlobKey, size: Int64)],
        passingTo pass: (ByteBuffer) async throws -> Void
    ) async throws {
        let pieces = objects.flatMap { key, size in
            stride(from: 0, to: size, by: Int(Self.stepBytes)).map { start in
                let end = min(start + Self.stepBytes, size)
                return Piece(key: key, range: start..<end, isLast: end == size)
            }
        }
        var sha256 = SHA256()
        try await fetch(pieces) { piece, bytes in
            sha256 = try await hash(bytes, after: sha256)
            try await pass(bytes)
            guard piece.isLast else { return }
            guard BlobDigest(sha256.finalize()) == piece.key.digest else { throw BlobError.otherBytes(piece.key) }
            sha256 = SHA256()
        }
    }

    /// Fetches some pieces at a time, and passes them on in order.
    private func fetch(_ pieces: [Piece], passingTo pass: (Piece, ByteBuffer) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: (Int, ByteBuffer).self) { group in
            var (begun, fetched) = (0, [Int: ByteBuffer]())
            for (wanted, piece) in pieces.enumerated() {
                while begun < min(wanted + Self.piecesAtOnce, pieces.count) {
                    let (number, next) = (begun, pieces[begun])
                    group.addTask { (number, try await self.read(next.key, next.range)) }
                    begun += 1
                }
                while fetched[wanted] == nil, let (number, bytes) = try await group.next() { fetched[number] = bytes }
                if let bytes = fetched.removeValue(forKey: wanted) { try await pass(piece, bytes) }
            }
        }
    }
}
