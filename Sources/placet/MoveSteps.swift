import Glibc
import Store
import Synchronization

/// How often Ctrl-C was pressed.
private let interrupts = Atomic(0)

/// Has Ctrl-C end the move at its next step, so that it takes away what it has made at the old place. A second one ends
/// it at once.
func endAtNextStep() {
    signal(SIGINT) { _ in
        let sentence: StaticString = "\nStopping. Run the same command again: it goes on.\n"
        write(STDERR_FILENO, sentence.utf8Start, sentence.utf8CodeUnitCount)
        if interrupts.add(1, ordering: .relaxed).newValue > 1 { _exit(130) }
    }
}

/// Shows how far a move is. For one task.
final class MoveSteps {
    /// Between two looks: a log should not be full of them.
    private static let pause = Duration.seconds(2)

    /// How to go on at the new place.
    private let remarks: String
    private var progress: Progress?
    private var shown: String?
    private var shownAt: ContinuousClock.Instant?

    init(remarks: String) { self.remarks = remarks }

    /// - Throws: `CancellationError` once the user has pressed Ctrl-C.
    func take(_ step: MoveProgress) throws {
        switch step {
        case .bytes(let done, let all): show("MiB", done >> 20, of: all >> 20)
        case .rows(let done, let all): show("rows", done, of: all)
        case .locked:
            finish()
            try? say("From here on nobody can write; what is left follows.", to: .standardError)
        case .arrived:
            finish()
            try? say(remarks, to: .standardError)
            explainInterrupt()
            return
        }
        if interrupts.load(ordering: .relaxed) > 0 { throw CancellationError() }
    }

    private func show(_ what: String, _ done: Int, of all: Int) {
        if what != shown {
            finish()
            shownAt = nil
        }
        guard shownAt.map({ ContinuousClock.now - $0 > Self.pause }) ?? true else { return }
        if progress == nil { progress = Progress(what, total: all) }
        progress?.show(done)
        (shown, shownAt) = (what, .now)
    }

    func finish() {
        progress?.finish()
        progress = nil
    }
}
