#if DEBUG
    import Glibc
    import Synchronization
#endif

/// A step at which a drill kills the process, to see what that leaves (`scripts/drill kills`).
///
/// A debug build dies at the point that the environment names: `PLACET_FAULT=linked:3` is the third time that it gets
/// there. With `PLACET_STALL=50` it stops for up to 50 ms at every fourth point or so. A release has none of it.
package enum FaultPoint: String {
    /// A publish; the steps are those at the top of IncomingFile.swift.
    case spooled, flushed, named, linked, folderFlushed, committed, unlinked
    /// A publish into a bucket; the steps are those at the top of S3BlobStore.swift.
    case leased, partSent, objectSent, objectSeen
    /// What a dead process had published without a row is gone, and its name is not.
    case swept
    /// An upload in parts; the steps are those at the top of PartialFile.swift.
    case partWritten, partSynced, partNoted, partTaken
    /// A collection: rows are gone, keys are claimed, bytes are gone, doomed keys are gone.
    case doomed, claimed, removed, forgotten
    /// A move: a content is at its new place, some rows are, what has changed since is, all rows are there with their mark,
    /// the old index says that the store has left, the new one that it is there.
    case contentMoved, rowsMoved, rowsFollowed, targetMarked, sourceMarked, arrived
    /// The undo of one has its rows back.
    case broughtBack
    /// A backup or a restore: copies are durable, have their names, and all of it is durable.
    case copied, copiesNamed, restored

    /// Costs nothing in a release.
    @inline(__always)
    package static func reached(_ point: FaultPoint) {
        #if DEBUG
            armed?.reached(point)
            if let longestStall, Int.random(in: 0..<4) == 0 { usleep(.random(in: 0...longestStall) * 1000) }
        #endif
    }
}

#if DEBUG
    /// In milliseconds.
    private let longestStall = getenv("PLACET_STALL").flatMap { UInt32(String(cString: $0)) }
    private let armed = getenv("PLACET_FAULT").flatMap { ArmedFault(String(cString: $0)) }

    /// The point at which this process dies.
    private final class ArmedFault: Sendable {
        private let point: FaultPoint
        private let left: Atomic<Int>

        /// - Parameter text: a point and how often it is to be reached, as in `linked:3`.
        init?(_ text: String) {
            let parts = text.split(separator: ":").map(String.init)
            guard parts.count == 2, let point = FaultPoint(rawValue: parts[0]), let count = Int(parts[1]) else {
                return nil
            }
            self.point = point
            left = Atomic(count)
        }

        func reached(_ point: FaultPoint) {
            guard point == self.point, left.subtract(1, ordering: .relaxed).newValue == 0 else { return }
            kill(getpid(), SIGKILL)
            // The signal may take a moment to arrive, and nothing is to happen in it.
            while true { pause() }
        }
    }
#endif
