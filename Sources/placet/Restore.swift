import App
import ArgumentParser
import Glibc
import Index
import Store

/// `placet restore`: makes a storage folder from a backup.
struct RestoreBackup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Make a storage folder from a backup.",
        discussion: """
            The storage folder must be empty or not exist yet. Every content is verified. It may be stopped at any \
            time: the same command goes on, and no server starts on the folder before it has ended.

            Everybody has to sign in again. API keys and links are those of the time of the backup, so revoke again \
            what was revoked since.

            Exit codes: 0 all is well, 1 nothing could be restored, 2 damaged contents were left out.
            """
    )

    @Argument(help: "The folder of the backup.")
    var folder: String

    @Flag(help: "Restore nothing: read the whole backup, and say whether it could be restored.")
    var dryRun = false

    @OptionGroup var output: OutputOptions

    func run() async throws {
        explainInterrupt()
        umask(0o077)
        let storage = try output.storage.path
        let restore: Restore
        do {
            restore = try Restore(from: folder)
        } catch {
            throw explained(error, folder)
        }
        var steps = BackupSteps(total: restore.manifest.bytes)
        let whole: StoredAmount
        do {
            if dryRun {
                whole = try await restore.verify { steps.take($0) }
            } else {
                whole = try await restore.fill(storage) { steps.take($0) }
            }
        } catch {
            throw explained(error, dryRun ? folder : storage)
        }
        steps.finish()
        let outcome = BackupOutcome(restore.manifest.takenAt, whole, steps.faults)
        try output.show(dryRun ? "Verified the backup" : "Restored the backup", outcome, steps.faults)
    }
}
