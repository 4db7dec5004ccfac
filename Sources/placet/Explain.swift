import API
import App
import ArgumentParser
import Blobs
import HTTP
import Index

extension Collect {
    /// `placet gc explain`: why a content is stored, or when and why it went.
    struct Explain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say why a content or a file is kept, or when and why it went.",
            discussion: """
                What a collection took is known for an hour, as long as it can be brought back; what users deleted, as \
                long as the audit log is kept.
                """
        )

        @Argument(help: "The SHA-256 of a content, its key as fsck prints it, or the id of a file.")
        var subject: String

        @OptionGroup var output: OutputOptions

        func run() async throws {
            let name = BlobKey(subject)?.digest.hex ?? subject
            guard !name.isEmpty else {
                throw ValidationError("Name a SHA-256, a key as fsck prints it, or the id of a file.")
            }
            let explained: BlobExplanationJSON = try await ControlClient.send(
                .get,
                "blobs/\(name.percentEncoded)/explain",
                storage: output.storage
            )
            try output.show(explained) { explained.sentences }
        }
    }
}

extension BlobExplanationJSON {
    fileprivate var sentences: String {
        [file.flatMap(sentence), content, reasons, damage, hold].compactMap(\.self).joined(separator: "\n")
    }

    private func sentence(_ file: FileFateJSON) -> String? {
        let (id, audit) = (file.id, "placet audit --subject \(file.id)")
        return switch file.state {
        case .kept: nil
        case .collected: "File \(id) had expired, and a run took it. \(undo(file.undoUntil, file.runId))"
        case .deleted: "File \(id) was deleted at \(file.at.shown). By whom: \(audit)"
        case .gone:
            "File \(id) is gone: with its message or channel, or because it had expired. The last that is known of it is "
                + "from \(file.at.shown): \(audit)"
        case .unknown: "No file \(id) is known: it never was one, or the audit log has forgotten it"
        }
    }

    private var content: String? {
        guard let sha256 else { return nil }
        return "Content \(sha256)" + (size.map { ": \(placet.size($0)), stored \(createdAt.shown)" } ?? "")
    }

    private var reasons: String? {
        switch state {
        case .kept:
            let rest = fileCount > files.count ? "\n… and \(fileCount - files.count) more" : ""
            return "Kept, because files have it: \(fileCount)\n\(fileTable)\(rest)"
        case .unreferenced:
            let next = collectedFrom.map { "The server collects it from \($0) on, if it runs until then" }
            return "In no file since \(unreferencedSince.shown): \(loss)\n"
                + (next ?? "The server collects nothing by itself (PLACET_GC_SCHEDULE), but placet gc run does")
        case .collected:
            return "Collected at \((run?.endedAt).shown) (\((run?.startedBy.rawValue).shown)): \(loss)\n"
                + undo(removedFrom, run?.id)
        case .doomed:
            return "Nothing needs it any more, and nothing brings it back. Its bytes go from \(removedFrom.shown) on"
        case .unknown:
            guard sha256 != nil else { return nil }
            return "Nothing is known of it: it was never stored, or it is gone. What a collection took is known for "
                + "\(rememberedSeconds / 60) minutes, and not at all after --grace 0s"
        }
    }

    private var fileTable: String {
        table(
            ["FILE", "CHANNEL", "OWNER", "MESSAGE", "STORED", "EXPIRES"],
            files.map { file in
                [
                    "\(file.id)", file.channelName ?? "\(file.channelId) (deleted)", file.email, file.messageId.shown,
                    "\(file.createdAt)", file.expiresAt.shown,
                ]
            }
        )
    }

    private var loss: String {
        let how =
            switch reason {
            case .expired: "its last file expired"
            case .messageDeleted: "its last file went with its message"
            case .ageLimit: "its last file went with its message, which was older than the channel keeps them"
            case .channelDeleted: "its last file went with its channel"
            case .fileDeleted, nil: "its last file was deleted"
            }
        return "\(how), in channel \(channelId.shown)"
    }

    private var damage: String? {
        damagedAt.map { "Damaged: found at \($0), and not served since. An upload of the same content mends it" }
    }

    private var hold: String? {
        heldUntil.map { "A backup is being made: no bytes go before it has ended (\($0), should it be cut off)" }
    }

    private func undo(_ end: Timestamp?, _ run: CollectionRun.ID?) -> String {
        "Until \(end.shown) this brings it back: placet gc undo \(run.shown)"
    }
}

extension Optional where Wrapped: CustomStringConvertible {
    /// In a table or sentence.
    fileprivate var shown: String { map(\.description) ?? "-" }
}
