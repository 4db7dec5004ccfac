import Blobs
import HTTP
import Lines
import Store
import Synchronization

/// Finds the indexes of texts, and makes those that are missing. Who asks for one that is being made waits for it.
///
/// A count that was broken off, because its client hung up or its time was over, is gone on with by whoever asks next.
/// So the index of a text that takes longer than a request may is made in several.
final class LineIndexes: Sendable {
    /// A shorter text is counted anew each time, which takes less than a millisecond.
    private static let keptFromBytes = 1 << 20
    /// How many counts that were broken off are kept: half a MiB each at most.
    private static let keptCounts = 16

    private let store: FileStore
    private let turns = Turns<BlobKey>(places: 64, perKey: 1, waitingPerKey: LongWork.waitingPerCaller)
    private let brokenOff = Mutex<[BlobKey: LineCount]>([:])

    init(store: FileStore) {
        self.store = store
    }

    /// Blocks its thread while it counts.
    ///
    /// - Throws: ``APIError`` 429 when too many wait; ``BlobError``; `CancellationError`.
    func index(of text: LineText, _ key: BlobKey) async throws -> LineIndex {
        guard text.size > Self.keptFromBytes else {
            var count = LineCount(size: text.size, coding: text.coding)
            try text.finish(&count)
            return count.index
        }
        if let index = try await store.lineIndex(of: key, size: text.size, coding: text.coding) { return index }
        return try await turns.run(key) {
            // Somebody may have made it meanwhile.
            if let index = try await store.lineIndex(of: key, size: text.size, coding: text.coding) { return index }
            let index = try finishedCount(of: text, key).index
            await store.keep(index, of: key)
            return index
        }
    }

    /// What the lines of a text tell; nil when the time was over before all were looked at. Blocks its thread.
    ///
    /// - Throws: as ``index(of:_:)``.
    func tally(of text: LineText, _ key: BlobKey, until isOver: () -> Bool) async throws -> (lines: Int, LineTally?) {
        var index = try await index(of: text, key)
        if index.tally == nil {
            index.tally = try text.tally(by: index, until: isOver)
            if index.tally != nil, text.size > Self.keptFromBytes { await store.keep(index, of: key) }
        }
        return (index.lineCount, index.tally)
    }

    private func finishedCount(of text: LineText, _ key: BlobKey) throws -> LineCount {
        var count =
            brokenOff.withLock { $0.removeValue(forKey: key) } ?? LineCount(size: text.size, coding: text.coding)
        // The same bytes may be declared to be in another charset.
        if count.coding != text.coding { count = LineCount(size: text.size, coding: text.coding) }
        do {
            try text.finish(&count)
            return count
        } catch {
            brokenOff.withLock { counts in
                if counts.count >= Self.keptCounts, let other = counts.keys.first { counts[other] = nil }
                counts[key] = count
            }
            throw error
        }
    }
}
