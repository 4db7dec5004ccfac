import API
import App
import ArgumentParser
import Index

extension Collect {
    /// `placet gc runs`: what was removed, by the server itself and by hand.
    struct Runs: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List what was removed in the last runs, and until when each can be undone."
        )

        @OptionGroup var output: OutputOptions

        func run() async throws {
            let runs: [CollectionRunJSON] = try await ControlClient.list("gc/runs", storage: output.storage)
            try output.show(runs) {
                table(
                    ["RUN", "BY", "ENDED", "FILES", "CONTENTS", "SIZE", "UNDO UNTIL"],
                    runs.map { run in
                        [
                            "\(run.id)", run.startedBy.rawValue, "\(run.endedAt)", "\(run.expiredFiles)",
                            "\(run.blobs.count)", size(run.blobs.bytes),
                            run.undoneAt.map { "undone \($0)" } ?? run.undoUntil?.description ?? "-",
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
            var back: CollectionUndoJSON = try await ControlClient.send(.post, path, storage: output.storage)
            var progress: Progress?
            while back.rest > 0 {
                progress = progress ?? Progress("items", total: back.count + back.rest, since: start)
                progress?.show(back.count)
                back += try await ControlClient.send(.post, path, storage: output.storage)
            }
            progress?.finish()
            try output.show(back) { back.sentences }
        }
    }
}

extension CollectionUndoJSON {
    fileprivate var count: Int { files + blobs.count + storedAgain + lost }

    fileprivate var sentences: String {
        let others = [
            storedAgain > 0 ? "\n\(storedAgain) contents were uploaded again meanwhile" : "",
            lost > 0 ? "\n\(lost) files and contents cannot come back" : "",
        ]
        return "Brought back \(files) files and \(blobs.count) contents in no file: \(size(blobs.bytes))"
            + others.joined()
    }
}
