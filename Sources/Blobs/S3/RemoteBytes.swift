import Dispatch
import NIOCore
import Synchronization

/// An object in a bucket, read by ranges. Who reads a little at a time is served from a few larger pieces that were fetched:
/// an archive's directory, the lines at the end of a log, one compressed chunk after another.
final class RemoteBytes: Sendable {
    typealias Fetch = @Sendable (Range<Int64>) async throws(BlobError) -> ByteBuffer
    typealias Stream = @Sendable (Range<Int64>, (ByteBuffer) async throws -> Void) async throws -> Void

    /// The first piece; who reads on gets twice as much each time, up to the last figure.
    private static let pieceBytes: Int64 = 262_144
    private static let mostPieceBytes: Int64 = 4 << 20
    /// How many pieces are kept: what reads at two places goes from one to the other.
    private static let mostPieces = 3

    private struct Piece {
        let start: Int64
        let bytes: ByteBuffer
        var end: Int64 { start + Int64(bytes.readableBytes) }
    }

    let size: Int64
    private let fetch: Fetch
    private let streamed: Stream
    /// The one that was used last comes last.
    private let pieces = Mutex<[Piece]>([])

    /// - Parameters:
    ///   - fetch: gives all bytes of a range, or throws.
    ///   - stream: passes them on as they come.
    init(size: Int64, fetch: @escaping Fetch, stream: @escaping Stream) {
        (self.size, self.fetch, streamed) = (size, fetch, stream)
    }

    /// All bytes of a range that is within the object.
    func read(_ range: Range<Int64>) async throws(BlobError) -> ByteBuffer {
        var (bytes, start) = (ByteBuffer(), range.lowerBound)
        while start < range.upperBound {
            let piece = try await piece(at: start, before: range.upperBound)
            let count = min(piece.end, range.upperBound) - start
            let index = piece.bytes.readerIndex + Int(start - piece.start)
            guard count > 0, var part = piece.bytes.getSlice(at: index, length: Int(count)) else {
                throw .unreachable(reason: "The answer to a GET was shorter than the range asked for.")
            }
            // Mostly one piece has all of it.
            if bytes.readableBytes == 0, count == range.count { return part }
            bytes.writeBuffer(&part)
            start += count
        }
        return bytes
    }

    func stream(_ range: Range<Int64>, to pass: (ByteBuffer) async throws -> Void) async throws {
        let range = range.clamped(to: 0..<size)
        if !range.isEmpty { try await streamed(range, pass) }
    }

    /// The same on a thread that may wait. It waits no longer than until its task is cancelled.
    func readNow(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws(BlobError) {
        let (outcome, isDone) = (Outcome(), DispatchSemaphore(value: 0))
        let range = offset..<(offset + Int64(buffer.count))
        guard range.upperBound <= size else { throw .unreachable(reason: "A read went past the end of an object.") }
        let task = Task.detached {
            let result: Result<ByteBuffer, BlobError>
            do throws(BlobError) {
                result = .success(try await self.read(range))
            } catch {
                result = .failure(error)
            }
            outcome.result.withLock { $0 = result }
            isDone.signal()
        }
        while isDone.wait(timeout: .now() + .milliseconds(100)) == .timedOut {
            if Task.isCancelled {
                task.cancel()
                throw .unreachable(reason: "The read was given up.")
            }
        }
        let bytes = try (outcome.result.withLock { $0 } ?? .failure(.closed)).get()
        bytes.withUnsafeReadableBytes { buffer.copyMemory(from: $0) }
    }

    private final class Outcome: Sendable {
        let result = Mutex<Result<ByteBuffer, BlobError>?>(nil)
    }

    /// A piece that has the byte at an offset.
    private func piece(at offset: Int64, before end: Int64) async throws(BlobError) -> Piece {
        if let known = known(at: offset) { return known }
        let range = pieces.withLock { pieces in Self.next(at: offset, before: end, after: pieces.last, of: size) }
        let piece = Piece(start: range.lowerBound, bytes: try await fetch(range))
        pieces.withLock { pieces in
            if pieces.count == Self.mostPieces { pieces.removeFirst() }
            pieces.append(piece)
        }
        return piece
    }

    private func known(at offset: Int64) -> Piece? {
        pieces.withLock { pieces in
            guard let index = pieces.lastIndex(where: { $0.start <= offset && offset < $0.end }) else { return nil }
            let piece = pieces.remove(at: index)
            pieces.append(piece)
            return piece
        }
    }

    /// What to fetch: more and more for who reads on, the part before for who reads backwards.
    private static func next(at offset: Int64, before end: Int64, after last: Piece?, of size: Int64) -> Range<Int64> {
        if let last, last.start == end { return max(0, min(offset, end - pieceBytes))..<end }
        let isNext = last?.end == offset
        let count = isNext ? min(2 * Int64(last?.bytes.readableBytes ?? 0), mostPieceBytes) : pieceBytes
        return offset..<min(offset + max(count, pieceBytes), size)
    }
}
