import API
import App
import ArgumentParser
import Blobs
import FoundationEssentials
import Glibc
import Index
import NIOPosix
import Store

/// `placet migrate`: moves a store to another index, to other bytes, or to both, while the server runs.
struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Move the store between a file and PostgreSQL, and between the disk and a bucket.",
        discussion: """
            Files are copied and verified first, and then all rows, while the server serves. At the end nobody can write \
            for a moment: what came meanwhile follows, and the old place says that the store has left. Start the server \
            with its new settings after that; the last lines say which. Nothing is removed at the old place.

            It may be stopped at any time: the same command goes on, and until it has ended the store is at its old place.

            What is not named stays where it is. Credentials come from the environment, as for serve: \
            PLACET_INDEX_PASSWORD and AWS_*.

            Exit codes: 0 the store has moved, 1 it is where it was.
            """
    )

    @Option(help: "Where the index is to go: 'postgresql://user@host/database', or 'file'.")
    var toIndex: String?

    @Option(help: "Where the files are to go: 's3://bucket/prefix?endpoint=https://host', or 'disk'.")
    var toBlobs: String?

    @Option(help: "Where the files are, if not where the storage folder remembers them, or PLACET_BLOBS.")
    var blobs: String?

    @OptionGroup var output: OutputOptions

    func run() async throws {
        endAtNextStep()
        umask(0o077)
        let old = try configuration()
        let new = try configuration(index: toIndex, blobs: toBlobs)
        do {
            let outcome = try await move(old, new)
            let place = StorePlace(new)
            try output.show(MovedStore(outcome, to: place)) { text(of: outcome, to: place) }
        } catch let error as MoveError {
            if case .damaged(let faults, _) = error { try say(FaultList(faults).text, to: .standardError) }
            throw CommandFailure(description: error.description)
        } catch let error as CommandFailure {
            throw error
        } catch is CancellationError {
            throw ExitCode(130)
        } catch {
            throw StartFailure.explaining(explained(error, old.storage), new.index == nil ? old : new)
        }
    }

    private func configuration(index: String? = nil, blobs: String? = nil) throws -> ServerConfiguration {
        var arguments = output.storage.arguments
        arguments["blobs"] = blobs ?? self.blobs
        if let index { arguments["index"] = index }
        return try ServerConfiguration(arguments: arguments, environment: ProcessInfo.processInfo.environment)
    }

    private func move(_ old: ServerConfiguration, _ new: ServerConfiguration) async throws -> MoveOutcome {
        let threads = NIOThreadPool(numberOfThreads: 8)
        threads.start()
        let steps = MoveSteps(remarks: remarks(old, new))
        let move = try Move(
            of: old.storage,
            from: StorePlace(old),
            to: StorePlace(new),
            reserve: old.minFreeBytes,
            threads: threads
        ) { try steps.take($0) }
        let outcome = try await move.run()
        steps.finish()
        try await threads.shutdownGracefully()
        return outcome
    }

    private func text(of outcome: MoveOutcome, to place: StorePlace) -> String {
        if outcome.wasMoved { return "The store had moved already, and is ready at: \(place)" }
        let orphans = """

            \(outcome.orphanCount) objects in the bucket belong to no file of this store, and were left: of a move that was \
            stopped, or of a store of which this one is a copy.
            """
        return """
            The store has moved to: \(place)
            Copied \(outcome.copied.count) contents, \(size(outcome.copied.bytes)), and \(outcome.rowCount) rows; \
            nobody could write for \(seconds(outcome.lockedFor)) s.\(outcome.orphanCount > 0 ? orphans : "")
            """
    }

    /// How to start the server now, and what can go after that.
    private func remarks(_ old: ServerConfiguration, _ new: ServerConfiguration) -> String {
        let index = new.index.map { "PLACET_INDEX for PostgreSQL at \($0.address)" } ?? "no PLACET_INDEX"
        let blobs = new.bucket.map { "PLACET_BLOBS=\($0.text)" } ?? "no PLACET_BLOBS"
        var left: [String] = []
        if let server = old.index, new.index?.address != server.address {
            left.append("the database at \(server.address)")
        } else if old.index == nil, new.index != nil {
            left.append("\(old.indexPath) with its -wal and -shm")
        }
        if old.bucket?.location != new.bucket?.location {
            left.append(old.bucket.map { "the objects in \($0.location)" } ?? "the files below \(old.storage)/blobs")
        }
        return """
            The store has moved. Stop the server, and start it with \(index) and \(blobs). Until then it reads, and writes \
            nothing.
            Once you have seen that all is well, you may remove \(left.joined(separator: ", and ")).
            """
    }
}

extension StorePlace {
    fileprivate init(_ configuration: ServerConfiguration) {
        self.init(
            index: configuration.index.map { .postgreSQL($0) } ?? .file(configuration.indexPath),
            bucket: configuration.bucket
        )
    }
}

/// What a move did, as `--json` prints it.
private struct MovedStore: Encodable {
    let place: String
    let copied: AmountJSON
    let orphans: Int
    let rows: Int
    /// For how long nobody could write.
    let lockedSeconds: Double
    let wasMoved: Bool

    init(_ outcome: MoveOutcome, to place: StorePlace) {
        self.place = place.description
        (copied, orphans, rows) = (AmountJSON(outcome.copied), outcome.orphanCount, outcome.rowCount)
        wasMoved = outcome.wasMoved
        lockedSeconds = (outcome.lockedFor / .milliseconds(1)).rounded() / 1000
    }
}

private func seconds(_ time: Duration) -> String {
    let tenths = Int((time / .milliseconds(100)).rounded())
    return "\(tenths / 10).\(tenths % 10)"
}
