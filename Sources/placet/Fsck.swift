import API
import App
import ArgumentParser
import FoundationEssentials
import NIOCore

/// `placet fsck`: checks the index, compares it with the files, and reads all bytes.
struct Fsck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check that index and files are whole.",
        discussion: """
            Works beside a running server, and may be stopped at any time. Run it without --repair first. --repair \
            moves damaged files to quarantine/ (an upload of the same content mends them), and files that no row of \
            the index has. An index that is itself damaged is not repaired: restore a backup.

            Exit codes: 0 all is well, 1 the check could not be made, 2 faults were found, mended or not.
            """
    )

    @Flag(help: "Mend what can be mended.")
    var repair = false

    @OptionGroup var output: OutputOptions

    func run() async throws {
        var outcome = Outcome()
        let check = UUID().uuidString
        outcome.add(try await send("index", Body(check: check, after: nil, repair: repair)))
        let stored: StorageJSON = try await ControlClient.send(.get, "storage", storage: output.storage)
        let progress = Progress("contents", total: stored.blobs.count)
        var next: String?
        repeat {
            let piece = try await send("files", Body(check: check, after: next, repair: repair))
            outcome.add(piece)
            next = piece.next
            progress.show(outcome.checked)
        } while next != nil
        progress.finish()
        try output.show(outcome.json) { outcome.text }
        if outcome.faults.count > 0 { throw ExitCode(2) }
    }

    /// Without a time limit: SQLite may need minutes, and the largest content is read to its end.
    private func send(_ part: String, _ body: Body) async throws -> Piece {
        try await ControlClient.send(.post, "fsck/\(part)", body: body, storage: output.storage, timeout: .hours(24))
    }

    private struct Body: Encodable, Sendable {
        /// So that each piece is known as one of this check.
        let check: String
        let after: String?
        let repair: Bool
    }

    /// What the control socket answers.
    private struct Piece: Decodable, Sendable {
        let checked: Int
        let bytes: Int
        let faults: [FoundFault]
        let next: String?
    }

    private struct Outcome {
        var checked = 0
        var bytes = 0
        var repairedCount = 0
        var faults = FaultList()

        mutating func add(_ piece: Piece) {
            checked += piece.checked
            bytes += piece.bytes
            repairedCount += piece.faults.count { $0.repair != nil }
            for fault in piece.faults { faults.add(fault) }
        }

        var text: String {
            guard faults.count > 0 else { return "All is well: \(checked) contents, \(size(bytes))" }
            return faults.text + "\nFaults: \(faults.count), repaired: \(repairedCount)"
        }

        var json: JSON {
            JSON(
                checked: checked,
                bytes: bytes,
                faultCount: faults.count,
                repairedCount: repairedCount,
                faults: faults.listed
            )
        }
    }

    /// What `--json` prints.
    private struct JSON: Encodable {
        let checked: Int
        let bytes: Int
        let faultCount: Int
        let repairedCount: Int
        let faults: [FoundFault]
    }
}
