import Blobs
import BlobsSupport
import Foundation
import Index
import IndexSupport
import MediaTypes
import NIOCore
import NIOPosix

@testable import Store

/// A store in a folder of its own, with a user and a channel in it; all gone when `body` returns.
func withStore(
    maxFileBytes: Int64 = 1 << 30,
    quotas: Quotas = .none,
    onDamage: @escaping @Sendable (BlobKey) -> Void = { _ in },
    _ body: (TestStore) async throws -> Void
) async throws {
    let root = NSTemporaryDirectory() + "store-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: root) }
    let limits = StoreLimits(maxFileBytes: maxFileBytes, minFreeBytes: 0, quotas: quotas)
    let test = try TestStore(root: root, limits: limits, onDamage: onDamage)
    if case .bucket(let bucket) = test.store.blobs { try await bucket.bucket.own(as: test.store.index.storeID) }
    try await test.store.index.write { tx in
        try tx.insert(test.user)
        try tx.insert(test.channel)
        try tx.insert(test.key, hash: TestStore.keyHash)
    }
    try await body(test)
    // Some tests have closed it already.
    test.store.close()
    test.index.giveBack()
}

struct TestStore: Sendable {
    /// Loads libmagic's database once for all tests.
    private static let detector = Result { () throws(MediaTypeError) in try MediaTypeDetector() }

    let root: String
    let index: TestIndex
    /// Nil when the bytes are in the folder.
    let bucket: BucketSettings?
    let store: FileStore
    let user: User
    let channel: Agent
    let key: APIKey
    static let keyHash = [UInt8](repeating: 7, count: 32)
    /// The user, by his key.
    let principal: Principal

    init(root: String, limits: StoreLimits, onDamage: @escaping @Sendable (BlobKey) -> Void) throws {
        self.root = root
        bucket = Engine.current == .bucket ? try Engine.bucket() : nil
        index = try TestIndex(file: root + "/index.sqlite")
        store = try Self.open(root, index, limits, bucket, onDamage)
        user = User(
            id: .make(),
            email: "ada@example.org",
            displayName: "Ada",
            role: .owner,
            passwordHash: "none",
            mustChangePassword: false,
            createdAt: .now()
        )
        principal = .key(hash: Self.keyHash, of: user.id)
        channel = Agent(id: .make(), userID: user.id, name: "builder", createdAt: .now())
        key = APIKey(id: .make(), userID: user.id, label: "x", keyPrefix: "x", createdAt: .now())
    }

    private static func open(
        _ root: String,
        _ index: TestIndex,
        _ limits: StoreLimits,
        _ bucket: BucketSettings?,
        _ onDamage: @escaping @Sendable (BlobKey) -> Void = { _ in }
    ) throws -> FileStore {
        try FileStore(
            root: root,
            index: index.location,
            limits: limits,
            detector: try detector.get(),
            threads: .singleton,
            bucket: bucket,
            onDamage: onDamage
        )
    }

    /// Opens the folder, which is closed by now, as the next process would, and puts it in order.
    func censusAfterRestart() async throws -> Census {
        try await withReopened { next in
            _ = try await next.recover()
            return try await census(of: next)
        }
    }

    /// Opens the folder, which is closed by now, as the next process would.
    func withReopened<Value>(_ body: (FileStore) async throws -> Value) async throws -> Value {
        let next = try Self.open(root, index, store.limits, bucket)
        defer { next.close() }
        return try await body(next)
    }

    /// Adds a file to the channel, for later.
    func add(_ bytes: [UInt8], to channelID: Agent.ID? = nil) async throws -> Attachment {
        try await store.receiving { intake in
            let file = try await receive(bytes, intake)
            return try await intake.add(file, in: channelID ?? channel.id, by: principal).attachment
        }
    }

    func receive(_ bytes: [UInt8], _ intake: Intake) async throws -> ReceivedFile {
        let spool = try await intake.makeSpool()
        try await intake.append(ByteBuffer(bytes: bytes), to: spool)
        return ReceivedFile(try await spool.finish(), filename: "a.txt", declaredType: nil)
    }

    func bytes(of attachment: Attachment) async throws -> [UInt8]? {
        guard let file = try await store.index.read(by: principal, { try $0.file(attachment.id, ownedBy: $1) }) else {
            return nil
        }
        let reader = try await store.open(try file.key(), size: Int64(attachment.size))
        return Array(buffer: try await reader.read(0..<reader.size))
    }
}

/// What a store holds, in rows and in files.
struct Census: Equatable {
    var attachments = 0
    var messages = 0
    var blobs = 0
    var doomed = 0
    var blobFiles = 0
    var incoming = 0
}

extension TestStore {
    func census() async throws -> Census { try await census(of: store) }

    private func census(of store: FileStore) async throws -> Census {
        let blobFiles =
            if case .bucket = store.blobs {
                try await store.blobs.list(after: nil, limit: 1000).count
            } else {
                blobFiles().count
            }
        let incoming = files(below: "incoming").count
        return try await store.index.read { reader in
            // What was removed from a bucket, and will be once more, is gone.
            let removed = try Int.fetchOne(reader.db, sql: "SELECT count(*) FROM doomed_keys WHERE state = 'removed'")
            return Census(
                attachments: try reader.attachmentCount(),
                messages: try reader.messageCount(),
                blobs: try reader.blobCount(),
                doomed: try reader.dueDoomedKeys(now: Timestamp(milliseconds: .max), limit: 1000).count
                    - (removed ?? 0),
                blobFiles: blobFiles,
                incoming: incoming
            )
        }
    }

    /// Takes all published bytes away, behind the store's back.
    func removeAllBytes() async throws {
        for path in blobFiles() { try FileManager.default.removeItem(atPath: path) }
        if case .bucket = store.blobs {
            _ = try await store.blobs.remove(try await store.blobs.list(after: nil, limit: 1000))
        }
    }

    /// The paths of the published bytes on disk.
    func blobFiles() -> [String] { files(below: "blobs/sha256") }

    func files(below folder: String) -> [String] {
        let paths = FileManager.default.enumerator(atPath: "\(root)/\(folder)")?.allObjects as? [String] ?? []
        return paths.map { "\(root)/\(folder)/\($0)" }.filter { path in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
        }
    }
}
