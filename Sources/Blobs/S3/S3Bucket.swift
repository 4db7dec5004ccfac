import CoreMetrics
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix

/// How requests to a bucket are made.
package struct S3Settings: Sendable {
    /// How many connections there may be. Each upload and each download under way has one; a request that gets none in
    /// 5 s fails.
    package var connections = 256
    /// How long the service may be silent, or take nothing.
    package var silence = Duration.seconds(30)
    package var metrics: any MetricsFactory = NOOPMetricsHandler.instance
    /// Seconds since 1970, for signatures.
    package var now: @Sendable () -> Int64 = { Int64(time(nil)) }

    package init() {}
}

/// The objects of an S3-compatible service below one prefix. Keys are relative to it.
///
/// Requests that fail in a way that passes are made again, four times in all. That is safe because a key is published
/// at most once. All functions throw ``S3Error``, and `CancellationError` when their task is cancelled.
package final class S3Bucket: Sendable {
    /// An object in a listing.
    package struct Object: Sendable, Equatable {
        package let key: String
        package let size: Int64

        package init(key: String, size: Int64) {
            self.key = key
            self.size = size
        }
    }

    package let location: S3Location
    let client: S3Client

    /// - Parameter threads: where files are read. Call ``shutdown()`` at the end.
    package init(
        _ location: S3Location,
        credentials: S3Credentials,
        threads: NIOThreadPool,
        settings: S3Settings = S3Settings()
    ) {
        self.location = location
        client = S3Client(location, credentials, settings, threads)
    }

    /// - Throws: ``BlobError/unreachable(reason:)`` without credentials.
    package convenience init(
        _ settings: BucketSettings,
        threads: NIOThreadPool,
        _ requests: S3Settings = S3Settings()
    ) throws(BlobError) {
        do throws(S3CredentialsProblem) {
            let credentials = try settings.credentials.get()
            self.init(settings.location, credentials: credentials, threads: threads, settings: requests)
        } catch {
            throw .unreachable(reason: "\(error)")
        }
    }

    /// Ends all connections. To be called once, when nothing is asked any more.
    package func shutdown() async throws { try await client.shutdown() }

    /// How many seconds the service's clock is ahead of ours, by its last answer; nil before there was one.
    package var clockSkew: Int64? { client.clockSkew }

    /// Stores an object.
    ///
    /// - Parameter sha256: of what is sent, in hex. The service refuses other bytes, and then stores nothing. Computed
    ///   when it is nil, which reads a file twice.
    package func put(_ key: String, _ source: S3Source, sha256: String? = nil) async throws {
        var call = S3Call(operation: .put, method: .PUT, key: key, body: source)
        call.digest = if let sha256 { sha256 } else { try await source.digest(client.threads) }
        try await client.ask(call)
    }

    /// The length of an object; nil when there is none.
    package func size(of key: String) async throws -> Int64? {
        do {
            return try await client.ask(S3Call(operation: .head, method: .HEAD, key: key)) { headers, _ in
                guard let size = headers.first(name: "content-length").flatMap({ Int64($0) }) else {
                    throw S3Error.unexpected("an object without a length")
                }
                return size
            }
        } catch let error as S3Error where error.isAbsence {
            return nil
        }
    }

    /// The bytes of a range that is within the object, as they come. Nothing is asked before the first is wanted.
    package func read(_ key: String, range: Range<Int64>) -> S3Body { S3Body(client: client, key: key, range: range) }

    /// The bytes of a small range that is within the object.
    package func bytes(of key: String, range: Range<Int64>) async throws -> ByteBuffer {
        var bytes = ByteBuffer()
        for try await piece in read(key, range: range) {
            if bytes.readableBytes == 0 { bytes = piece } else { bytes.writeImmutableBuffer(piece) }
        }
        return bytes
    }

    /// Removes an object, if it is there.
    package func remove(_ key: String) async throws {
        do {
            try await client.ask(S3Call(operation: .delete, method: .DELETE, key: key))
        } catch let error as S3Error where error.isAbsence {}
    }

    /// The first objects after a key, in the order of their keys; none at the end. For checks alone: nothing else may
    /// depend on what a listing has.
    package func list(after key: String? = nil, limit: Int = 1000) async throws -> [Object] {
        var query = [("list-type", "2"), ("max-keys", "\(limit)"), ("prefix", location.prefix)]
        if let key { query.append(("start-after", location.prefix + key)) }
        let call = S3Call(operation: .list, method: .GET, query: query)
        return try await client.ask(call) { _, text in
            guard !S3XML.elements("ListBucketResult", in: text).isEmpty else {
                throw S3Error.unexpected("a listing that is none")
            }
            return try S3XML.elements("Contents", in: text).map { element in
                guard let key = S3XML.texts("Key", in: element).first, key.hasPrefix(location.prefix),
                    let size = S3XML.texts("Size", in: element).first.flatMap({ Int64($0) })
                else { throw S3Error.unexpected("an object without a key or a length in a listing") }
                return Object(key: String(key.dropFirst(location.prefix.count)), size: size)
            }
        }
    }

    /// A link by which anybody gets an object, without credentials, for so many seconds.
    ///
    /// - Parameter overrides: what the service is to say, such as `response-content-disposition`.
    package func presignedURL(for key: String, seconds: Int, overrides: [(String, String)] = []) -> String {
        client.signature().link("GET", path: location.path(key), query: overrides, seconds: seconds)
    }
}
