import API
import ArgumentParser
import Blobs
import FoundationEssentials
import Glibc
import Index
import Store

/// Shows how far a backup or a restore is, and gathers what it found.
struct BackupSteps {
    /// Between two looks: a log should not be full of them.
    private static let pause = Duration.seconds(2)

    private(set) var faults = FaultList()
    private let progress: Progress
    private var bytes = 0
    private var shownAt = ContinuousClock.now

    /// - Parameter total: in bytes.
    init(total: Int) {
        progress = Progress("MiB", total: total >> 20)
    }

    mutating func take(_ step: BackupProgress) {
        switch step {
        case .bytes(let count): bytes += count
        case .fault(let fault): faults.add(FoundFault(fault))
        }
        guard ContinuousClock.now - shownAt > Self.pause else { return }
        progress.show(bytes >> 20)
        shownAt = .now
    }

    func finish() { progress.finish() }
}

/// What a backup has; also what `--json` prints. Sizes are in bytes.
struct BackupOutcome: Encodable {
    let takenAt: String
    let contents: Int
    let bytes: Int
    /// What an earlier backup did not have, without what is damaged; nil when none was made.
    let copied: AmountJSON?
    let faultCount: Int
    let faults: [FoundFault]

    /// - Parameter has: what the index of a new backup names, and what of a backup that was read is whole.
    init(_ takenAt: String, _ has: StoredAmount, copied: StoredAmount? = nil, _ faults: FaultList) {
        (self.takenAt, contents, bytes) = (takenAt, has.count, has.bytes)
        self.copied = copied.map(AmountJSON.init)
        (faultCount, self.faults) = (faults.count, faults.listed)
    }
}

extension OutputOptions {
    /// Prints what was done, with the faults.
    ///
    /// - Throws: `ExitCode` 2 when there are any.
    func show(_ what: String, _ outcome: BackupOutcome, _ faults: FaultList) throws {
        try show(outcome) {
            let copied = outcome.copied.map { "; copied \($0.count) contents, \(size($0.bytes))" } ?? ""
            let all = "\(what) of \(outcome.takenAt): \(outcome.contents) contents, \(size(outcome.bytes))\(copied)"
            return faults.count == 0 ? all : "\(faults.text)\n\(all)\nDamaged, and not in it: \(faults.count)"
        }
        if faults.count > 0 { throw ExitCode(2) }
    }
}

/// Turns errors of the store into a sentence for whoever made or restored a backup in `folder`.
func explained(_ error: any Error, _ folder: String) -> any Error {
    switch error {
    case BlobError.storageFull, IndexError.full,
        _ where (error as? CocoaError)?.code == .fileWriteOutOfSpace:
        CommandFailure(
            description: "\(folder): The disk is full. Make room and run the same command again: it goes on."
        )
    case BlobError.locked:
        CommandFailure(description: "\(folder): The folder is in use. Wait until the other command has ended.")
    case let error as BlobError:
        CommandFailure(description: "\(folder): \(error.logDescription)")
    case let error as BackupError:
        CommandFailure(description: "\(folder): \(error)")
    case IndexError.damaged:
        CommandFailure(description: "The index is damaged: look at it with placet fsck.")
    default:
        error
    }
}

/// Says how to go on when the command is stopped with Ctrl-C, and ends it at once: that is safe at any moment.
func explainInterrupt() {
    signal(SIGINT) { _ in
        let sentence: StaticString = "\nStopped. Run the same command again: it goes on.\n"
        write(STDERR_FILENO, sentence.utf8Start, sentence.utf8CodeUnitCount)
        _exit(130)
    }
}
