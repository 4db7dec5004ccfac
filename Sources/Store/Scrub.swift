import Blobs
import Index

// All bytes are read again once in four weeks, in the background, to find damage while there is still a backup that has
// the right ones. It is a check without repairs, in small pieces with pauses, and goes on after a restart.
//
// The pauses alone keep it from being in the way. The system's I/O priorities would not help: a thread gets one by
// ioprio_set(2), for which the C library has no function, and many disks' schedulers do not know them.
extension FileStore {
    private static let roundTime = Duration.seconds(28 * 24 * 60 * 60)
    /// How long a piece takes, and then to the end of the content that is being read.
    private static let pieceTime = Duration.milliseconds(100)
    /// It reads for a tenth of the time at most, however much there is to read, and however large one content is.
    private static let restPerWork = 9
    private static let longestPause = Duration.seconds(60 * 60)
    /// What a content counts besides its length, in bytes: opening a file takes about as long as reading that much.
    private static let weightOfContent: Int64 = 65_536

    /// Reads all bytes again and again, until the task is cancelled.
    ///
    /// - Parameter report: gets what each piece found, if it found anything.
    /// - Throws: ``BlobError`` and ``IndexError``.
    package func scrub(_ report: @Sendable ([Fault]) -> Void) async throws {
        // A server that has just started has other work.
        var pause = Duration.seconds(60)
        while true {
            try await Task.sleep(for: pause)
            let piece = try await scrubPiece(at: .now()) { try await Task.sleep(for: $0 * Self.restPerWork) }
            if !piece.faults.isEmpty { report(piece.faults) }
            pause = min(max(piece.pause, Self.pieceTime * Self.restPerWork), Self.longestPause)
        }
    }

    /// Reads on where the piece before ended; nothing when the round is done and the next one not due.
    ///
    /// - Parameter rest: called now and then while one content is read, with the time that was spent since.
    /// - Returns: what it found, and when the next piece is due so that the round takes its time.
    func scrubPiece(
        at now: Timestamp,
        rest: @Sendable (Duration) async throws -> Void = { _ in }
    ) async throws -> (faults: [Fault], pause: Duration) {
        var place = try await index.read { try $0.scrubPlace() }
        if place.key == nil {
            // Also when the clock was set back to before the round.
            if let last = place.beganAt, last <= now, now < last + Self.roundTime { return ([], Self.longestPause) }
            place.beganAt = now
        }
        let start = place.key.flatMap { BlobKey($0) }
        let report = try await check(after: start, for: Self.pieceTime, repairs: false, rest: rest)
        place.key = report.next?.description
        try await index.write(for: .upkeep) { [place] tx in try tx.setScrubPlace(place) }
        let all = try await index.read { try $0.blobAmount() }
        let share = Self.weight(report.count, report.bytes) / max(Self.weight(all.count, Int64(all.bytes)), 1)
        return (report.faults, Self.roundTime * share)
    }

    private static func weight(_ count: Int, _ bytes: Int64) -> Double {
        Double(Int64(count) * weightOfContent + bytes)
    }
}
