import App
import ArgumentParser

extension Collect {
    /// `placet gc runs`: what was removed, by the server itself and by hand.
    struct Runs: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List what was removed in the last runs, and until when each can be undone."
        )

        @OptionGroup var output: OutputOptions

        func run() async throws {
            let runs: [CollectedRun] = try await ControlClient.list("gc/runs", storage: output.storage)
            try output.show(runs) {
                table(
                    ["RUN", "BY", "ENDED", "FILES", "CONTENTS", "SIZE", "UNDO UNTIL"],
                    runs.map { run in
                        [
                            run.id, run.startedBy, run.endedAt, "\(run.expiredFiles)", "\(run.blobs.count)",
                            size(run.blobs.bytes), run.undoneAt.map { "undone \($0)" } ?? run.undoUntil ?? "-",
                        ]
                    }
                )
            }
        }
    }

    /// `placet gc undo`: brings back what a run took.
    struct Undo: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Bring back what a run removed within the last hour.",
            discussion: """
                Files past their time come back with a new expiry, and contents in no file with a new grace. A run with
                --grace 0s cannot be undone.
                """
        )

        @Argument(help: "The id of the run, as gc run, gc apply and gc runs print it.")
        var run: String

        @OptionGroup var output: OutputOptions

        func run() async throws {
            let start = ContinuousClock.now
            let path = "gc/runs/\(run)/undo"
            var back = BroughtBack()
            var progress: Progress?
            repeat {
                let step: BroughtBack = try await ControlClient.send(.post, path, storage: output.storage)
                back.add(step)
                guard back.rest > 0 else { break }
                progress = progress ?? Progress("items", total: back.count + back.rest, since: start)
                progress?.show(back.count)
            } while back.rest > 0
            progress?.finish()
            try output.show(back) { back.sentences }
        }
    }
}

/// As the control socket answers it; also what `--json` prints.
private struct BroughtBack: Codable, Sendable {
    var files = 0
    var blobs = Amount(count: 0, bytes: 0)
    var storedAgain = 0
    var lost = 0
    var rest = 0

    var count: Int { files + blobs.count + storedAgain + lost }

    mutating func add(_ step: BroughtBack) {
        files += step.files
        blobs.count += step.blobs.count
        blobs.bytes += step.blobs.bytes
        storedAgain += step.storedAgain
        lost += step.lost
        rest = step.rest
    }

    var sentences: String {
        let others = [
            storedAgain > 0 ? "\n\(storedAgain) contents were uploaded again meanwhile" : "",
            lost > 0 ? "\n\(lost) files and contents cannot come back" : "",
        ]
        return "Brought back \(files) files and \(blobs.count) contents in no file: \(size(blobs.bytes))"
            + others.joined()
    }
}
