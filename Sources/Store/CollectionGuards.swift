import Blobs
import Index
import Synchronization

/// One collection at a time: whoever comes second is told, and does not take what the first has proved.
final class CollectionTurn: Sendable {
    private let isTaken = Mutex(false)

    /// - Throws: ``StoreError/collectionUnderWay``; what `body` throws.
    func run<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        let isOurs = isTaken.withLock { isTaken in
            defer { isTaken = true }
            return !isTaken
        }
        guard isOurs else { throw StoreError.collectionUnderWay }
        defer { isTaken.withLock { $0 = false } }
        return try await body()
    }
}

/// When the collector rather takes nothing.
extension FileStore {
    /// Plans that take no more, in bytes, are never most of a store.
    package static let modestPlan = 64 << 20

    /// Refuses a plan that takes more than half of the stored bytes, unless they are few. Whoever means it proves that
    /// he has read the plan, by its id. A content counts once, and only if it loses its last file: else anybody could
    /// hold up the collector with many files of one content.
    ///
    /// - Throws: ``StoreError/takesMost(bytes:of:)``.
    func refuseLargeShare(_ plan: CollectionPlan, modest: Int = Self.modestPlan) async throws {
        guard plan.files.bytes + plan.blobs.bytes > modest else { return }
        let (lost, stored) = try await index.read { (try $0.bytesOnlyInFiles(of: plan.id), try $0.blobAmount().bytes) }
        let bytes = lost + plan.blobs.bytes
        guard bytes > modest else { return }
        guard bytes <= stored / 2 else { throw StoreError.takesMost(bytes: bytes, of: stored) }
    }

    /// Refuses an index without contents beside files that it does not know: it is not the index of these files.
    ///
    /// - Throws: ``StoreError/indexIsMissing``.
    func refuseEmptyIndex() async throws {
        guard try await index.read({ try $0.blobAmount().bytes }) == 0,
            let key = try await blobs.list(after: nil, limit: 1).first
        else { return }
        // One that is being stored has no row yet.
        if try await isOrphan(key) { throw StoreError.indexIsMissing }
    }
}
