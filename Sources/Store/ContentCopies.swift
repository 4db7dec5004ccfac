import Blobs
import Index

/// Which contents of a store that moves are at their new place, and brings the others there. For one task.
struct ContentCopies {
    /// How many contents are copied at the same time.
    private static let width = 8
    private static let page = 1000
    /// How many damaged ones are named.
    private static let mostNamed = 100

    private let source: MoveSource
    private let contents: ContentMove?
    private let reserve: Int64
    /// What is there, by the generations of the keys, each of which is another one.
    private var arrived: Set<UInt128> = []
    private var damaged: [BlobKey: Fault] = [:]
    private var bytes = 0
    private(set) var copied = StoredAmount()
    /// How many objects of the bucket no row knows.
    private(set) var orphanCount = 0

    init(_ source: MoveSource, _ contents: ContentMove?, reserve: Int64) {
        (self.source, self.contents, self.reserve) = (source, contents, reserve)
    }

    /// - Throws: ``MoveError/notEnoughRoom(needed:free:)`` when the disk does not hold what is not there yet.
    func checkRoom() async throws {
        guard let contents, contents.direction == .toFolder else { return }
        var (needed, last) = (Int64(try source.amount().bytes), BlobKey?.none)
        while true {
            let found = try await contents.arrived(after: last)
            guard let next = found.last?.key else { break }
            needed -= found.reduce(0) { $0 + $1.size }
            last = next
        }
        let free = try contents.freeBytes() - reserve
        guard needed <= free else { throw MoveError.notEnoughRoom(needed: needed, free: max(free, 0)) }
    }

    /// Goes through all contents, and copies those that are not known to be there.
    ///
    /// - Parameter looking: asks the new place what is there. Without it, what an earlier pass has seen is believed.
    /// - Returns: how many it has copied.
    mutating func pass(looking: Bool, _ tell: (MoveProgress) throws -> Void) async throws -> Int {
        guard let contents else { return 0 }
        let before = copied.count
        let all = try source.amount().bytes
        var last = ""
        while true {
            try tell(.bytes(done: bytes, of: max(all, bytes)))
            let page = try source.contents(after: last, limit: Self.page)
            let end = page.count == Self.page ? page.last?.key : nil
            let there = looking ? try await look(contents, after: last, until: end) : [:]
            var missing: [(BlobKey, Int64)] = []
            for content in page {
                guard let key = BlobKey(content.key) else { throw MoveError.impossibleKey(content.key) }
                if there[key] == content.size { take(key, content.size) }
                if !arrived.contains(key.token) { missing.append((key, content.size)) }
            }
            try await copy(missing, contents, of: all, tell)
            guard let end else { return copied.count - before }
            last = end
        }
    }

    /// - Throws: ``MoveError/damaged(_:count:)`` when contents cannot be moved that are still wanted.
    func checkWhole() throws {
        let left = try damaged.filter { try source.needs($0.key.description) }
        guard !left.isEmpty else { return }
        let named = left.sorted { $0.key < $1.key }.prefix(Self.mostNamed).map(\.value)
        throw MoveError.damaged(named, count: left.count)
    }

    private mutating func take(_ key: BlobKey, _ size: Int64) {
        if arrived.insert(key.token).inserted { bytes += Int(size) }
        damaged[key] = nil
    }

    /// What is there between two keys. What no row knows, an earlier move has brought, and it was removed here since. In
    /// a folder, which is this node's own, it goes. In a bucket it stays: when the index is an older copy of one that
    /// goes on elsewhere, these are the files that came after the copy.
    private mutating func look(
        _ contents: ContentMove,
        after: String,
        until end: String?
    ) async throws -> [BlobKey: Int64] {
        var (last, there) = (BlobKey(after), [BlobKey: Int64]())
        while true {
            let found = try await contents.arrived(after: last)
            for (key, size) in found where end.map({ key.description <= $0 }) ?? true {
                if try source.knows(key.description) {
                    there[key] = size
                } else if contents.direction == .toFolder {
                    try contents.removeArrived(key)
                } else {
                    orphanCount += 1
                }
            }
            guard let next = found.last?.key, end.map({ next.description < $0 }) ?? true else { return there }
            last = next
        }
    }

    private mutating func copy(
        _ missing: [(BlobKey, Int64)],
        _ contents: ContentMove,
        of all: Int,
        _ tell: (MoveProgress) throws -> Void
    ) async throws {
        var (rest, done) = (missing[...], [(BlobKey, Int64, Flaw?)]())
        try await withThrowingTaskGroup(of: (BlobKey, Int64, Flaw?).self) { group in
            func next() {
                guard let (key, size) = rest.popFirst() else { return }
                group.addTask { (key, size, try await contents.copy(key, size: size)) }
            }
            for _ in 0..<Self.width { next() }
            while let outcome = try await group.next() {
                done.append(outcome)
                FaultPoint.reached(.contentMoved)
                try tell(.bytes(done: bytes + done.reduce(0) { $0 + Int($1.1) }, of: all))
                next()
            }
        }
        for (key, size, flaw) in done {
            if let flaw {
                // A content may have gone meanwhile: then it is no damage.
                if try source.needs(key.description) { damaged[key] = Fault(key, flaw) }
            } else {
                take(key, size)
                copied.add(Int(size))
            }
        }
    }
}

extension BlobKey {
    /// The generation as a number.
    fileprivate var token: UInt128 { UInt128(generation, radix: 16) ?? 0 }
}
