import API
import App
import ArgumentParser
import Index

/// `placet gc`: removes files whose time is over and contents that no file has any more.
struct Collect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gc",
        abstract: "Remove what nobody needs any more.",
        discussion: """
            A server does this by itself, every hour. It may be stopped at any time: what was removed until then stays
            removed, and the next run goes on. Bytes that no row of the index knows are left alone: placet fsck lists
            them.
            """,
        subcommands: [MakePlan.self, Apply.self, Run.self, Runs.self, Undo.self, Explain.self]
    )

    struct MakePlan: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "plan",
            abstract: "Show what would be removed, and remove nothing."
        )

        @OptionGroup var grace: GraceOption
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let plan: CollectionPlanJSON = try await ControlClient.send(
                .post,
                "gc/plan",
                body: grace.body,
                storage: output.storage
            )
            try output.show(plan) {
                let since = plan.oldest.map { "\nThe oldest of them: \($0)" } ?? ""
                return plan.tables + since + "\nTo remove them: placet gc apply \(plan.id)"
            }
        }
    }

    struct Apply: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Remove what a plan says, and nothing else.")

        @Argument(help: "The id that gc plan printed.")
        var plan: String

        @OptionGroup var output: OutputOptions

        func run() async throws {
            try output.show(
                try await Removed.gathering { last in
                    let body = StepBody(plan: last?.rest.id ?? plan, run: last?.run?.id.rawValue)
                    return try await ControlClient.send(.post, "gc/apply", body: body, storage: output.storage)
                }
            )
        }
    }

    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Remove what is due now.")

        @OptionGroup var grace: GraceOption
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try output.show(
                try await Removed.gathering { last in
                    let body = StepBody(graceSeconds: grace.grace?.seconds, run: last?.run?.id.rawValue)
                    return try await ControlClient.send(.post, "gc/run", body: body, storage: output.storage)
                }
            )
        }
    }
}

/// What the next step of a collection is asked for. Members without a value are left out.
private struct StepBody: Encodable, Sendable {
    var plan: String?
    var graceSeconds: Int?
    /// The run that goes on.
    let run: String?
}

struct GraceOption: ParsableArguments {
    @Option(help: "How long contents must have been in no file, such as 0s, 30m, 24h or 7d (default 24h).")
    var grace: Interval?

    fileprivate var body: [String: Int] { grace.map { ["graceSeconds": $0.seconds] } ?? [:] }
}

extension Interval: ExpressibleByArgument {
    package init?(argument: String) { self.init(argument) }
}

extension CollectionPlanJSON {
    /// How many channels are shown; JSON has more.
    private static let mostShown = 10

    /// What would go; then why, and from which channels.
    fileprivate var tables: String {
        let all = [
            files.row("files past their time"), blobs.row("contents in no file"),
            byReason.expired.row("  whose last file expired"),
            byReason.fileDeleted.row("  whose last file was deleted"),
            byReason.messageDeleted.row("  with a message"), byReason.ageLimit.row("  with a message past its age"),
            byReason.channelDeleted.row("  with a channel"),
        ]
        guard !byChannel.isEmpty else { return table(["", "COUNT", "SIZE"], all) }
        let channels = byChannel.prefix(Self.mostShown).map { $0.blobs.row($0.name ?? "\($0.channelId) (deleted)") }
        return table(["", "COUNT", "SIZE"], all) + "\n\n" + table(["LAST IN CHANNEL", "COUNT", "SIZE"], channels) + "\n"
    }

    fileprivate var count: Int { files.count + blobs.count }
}

/// What was removed; also what `--json` prints.
private struct Removed: Encodable, Sendable {
    var expiredFiles = 0
    var blobs = AmountJSON(StoredAmount())
    /// Missing when nothing was removed.
    var run: CollectionRunJSON?
    /// Missing when no backup keeps the bytes.
    var heldUntil: Timestamp?

    /// Takes step after step until nothing is left, and shows how far it is.
    ///
    /// - Parameter step: one request, given the answer to the one before; nil for the first.
    static func gathering(
        _ step: (CollectionStepJSON?) async throws -> CollectionStepJSON
    ) async throws -> Removed {
        let start = ContinuousClock.now
        var removed = Removed()
        var progress: Progress?
        var last: CollectionStepJSON?
        while true {
            let next = try await step(last)
            last = next
            removed.expiredFiles += next.expiredFiles
            removed.blobs += next.blobs
            (removed.run, removed.heldUntil) = (next.run, next.heldUntil)
            // Only now is it known whether this takes long.
            guard next.rest.count > 0 else { break }
            progress = progress ?? Progress("items", total: removed.count + next.rest.count, since: start)
            progress?.show(removed.count)
        }
        progress?.finish()
        return removed
    }

    private var count: Int { expiredFiles + blobs.count }
}

extension OutputOptions {
    fileprivate func show(_ removed: Removed) throws {
        try show(removed) {
            let taken =
                "Removed \(removed.expiredFiles) files past their time, and \(removed.blobs.count) contents in "
                + "no file: \(size(removed.blobs.bytes))"
            let hold = removed.heldUntil.map { heldUntil in
                "\nA backup is being made, which needs all bytes: nothing is free before it has ended (\(heldUntil) at the "
                    + "latest, should it be cut off)"
            }
            guard let run = removed.run, let until = run.undoUntil else {
                return taken + (hold.map { ". " + $0.dropFirst() } ?? " are free again")
            }
            return taken + " are free in an hour" + (hold ?? "")
                + "\nUntil \(until) this brings them back: placet gc undo \(run.id)"
        }
    }
}
