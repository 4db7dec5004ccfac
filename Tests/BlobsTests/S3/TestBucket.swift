import Blobs
import Foundation
import NIOCore
import NIOPosix
import Testing

/// A bucket of a server that answers as the test says, while `body` runs.
func withBucket(
    silence: Duration = .seconds(30),
    now: Int64? = nil,
    script: @escaping @Sendable (_ number: Int, ScriptedServer.Request) -> ScriptedServer.Reply,
    _ body: (S3Bucket, ScriptedServer) async throws -> Void
) async throws {
    let server = try ScriptedServer(script)
    defer { server.close() }
    var settings = S3Settings()
    settings.silence = silence
    if let now { settings.now = { now } }
    let location = try S3Location("s3://bucket/store?endpoint=http://127.0.0.1:\(server.port)")
    try await withBucket(location, settings: settings) { try await body($0, server) }
}

/// A bucket, while `body` runs.
func withBucket(
    _ location: S3Location,
    as user: S3Credentials = S3Credentials(keyID: "placet:tests", secret: "secretsecret"),
    settings: S3Settings = S3Settings(),
    _ body: (S3Bucket) async throws -> Void
) async throws {
    let bucket = S3Bucket(location, credentials: user, threads: .singleton, settings: settings)
    let result: Result<Void, any Error>
    do { result = .success(try await body(bucket)) } catch { result = .failure(error) }
    try await bucket.shutdown()
    try result.get()
}

/// Bytes that are the same each time, and in no place the same as in another nearby.
func sample(_ count: Int) -> [UInt8] {
    let piece = (0..<65_521).map { UInt8(truncatingIfNeeded: $0 * $0 >> 3 ^ $0) }
    var bytes: [UInt8] = []
    while bytes.count < count { bytes += [UInt8(truncatingIfNeeded: bytes.count >> 16)] + piece }
    return Array(bytes.prefix(count))
}

/// A file with those bytes, until `body` returns.
func withFile(_ bytes: [UInt8], _ body: (_ path: String) async throws -> Void) async throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "s3-\(UUID().uuidString)")
    try Data(bytes).write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    try await body(url.path())
}

extension S3Bucket {
    func put(_ key: String, _ bytes: [UInt8], sha256: String? = nil) async throws {
        try await put(key, .bytes(ByteBuffer(bytes: bytes)), sha256: sha256)
    }

    /// All bytes of an object.
    func all(of key: String) async throws -> [UInt8] {
        let size = try #require(try await size(of: key))
        return Array(buffer: try await bytes(of: key, range: 0..<size))
    }
}
