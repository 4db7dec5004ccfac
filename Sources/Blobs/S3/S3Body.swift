import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// The bytes of a range of an object, read as fast as they are taken.
///
/// A connection that is lost, or that its reader has kept waiting, is replaced, and reading goes on where it stopped.
/// What is there after a key never changes.
package struct S3Body: AsyncSequence, Sendable {
    package typealias Element = ByteBuffer

    let client: S3Client
    let key: String
    let range: Range<Int64>

    package func makeAsyncIterator() -> Iterator { Iterator(body: self) }

    package struct Iterator: AsyncIteratorProtocol {
        private static let maxLosses = 3

        private let body: S3Body
        private var offset: Int64
        private var pieces: HTTPClientResponse.Body.AsyncIterator?
        /// Since the last byte came.
        private var losses = 0

        init(body: S3Body) {
            self.body = body
            offset = body.range.lowerBound
        }

        /// - Throws: ``S3Error``, `CancellationError`.
        package mutating func next() async throws -> ByteBuffer? {
            while offset < body.range.upperBound {
                if pieces == nil { pieces = try await body.open(at: offset) }
                do {
                    return try await nextPiece()
                } catch let error as S3Error where error.isTransient && losses < Self.maxLosses {
                    pieces = nil
                    losses += 1
                    try await body.client.pause(after: losses)
                }
            }
            return nil
        }

        private mutating func nextPiece() async throws -> ByteBuffer {
            do {
                guard let piece = try await pieces?.next() else { throw S3Error.unreachable("it hung up") }
                guard piece.readableBytes <= body.range.upperBound - offset else {
                    throw S3Error.unexpected("more bytes than were asked for")
                }
                (offset, losses) = (offset + Int64(piece.readableBytes), 0)
                return piece
            } catch {
                if Task.isCancelled || error is CancellationError { throw CancellationError() }
                throw S3Error(client: error)
            }
        }
    }

    /// Asks for what is left, and makes sure that it is that.
    private func open(at offset: Int64) async throws -> HTTPClientResponse.Body.AsyncIterator {
        let range = offset..<range.upperBound
        return try await client.send(S3Call(operation: .get, method: .GET, key: key, range: range)) { response in
            let said = response.headers.first(name: "content-range") ?? ""
            let isPart = said.hasPrefix("bytes \(offset)-\(range.upperBound - 1)/")
            let length = response.headers.first(name: "content-length").flatMap { Int64($0) }
            guard isPart || response.status == .ok && offset == 0 && length == range.upperBound else {
                throw S3Error.unexpected("another range than was asked for")
            }
            return response.body.makeAsyncIterator()
        }
    }
}
