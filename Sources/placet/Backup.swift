import App
import ArgumentParser
import Blobs
import FoundationEssentials
import Glibc
import Index
import NIOCore
import Store

/// `placet backup`: copies index and files to another folder while the server runs.
struct MakeBackup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy index and files to another folder, beside a running server or without one.",
        discussion: """
            The folder has one backup, the newest whole one. Only what it does not have yet is copied, and all of that \
            is verified. It may be stopped at any time: the next run goes on. Meanwhile the server removes no contents.

            Not in it are plugins/ and the settings.

            Exit codes: 0 the backup has everything, 1 there is none, 2 it is made without contents that are damaged.
            """
    )

    @Argument(help: "The folder for the backup: new, empty, or that of an earlier backup of this storage.")
    var folder: String

    @OptionGroup var output: OutputOptions

    func run() async throws {
        explainInterrupt()
        umask(0o077)
        try output.storage.requireIndexInFolder(orElse: "copy it by pg_dump; the bytes stay in the bucket")
        let (outcome, faults): (BackupOutcome, FaultList)
        do {
            (outcome, faults) = try await make(of: try output.storage.path)
        } catch {
            throw explained(error, folder)
        }
        try output.show("Backup", outcome, faults)
    }

    private func make(of storage: String) async throws -> (BackupOutcome, FaultList) {
        // First: what is refused for its folder holds nobody up, and leaves nothing.
        let target = try Backup.openFolder(folder, for: storage)
        var hold = try await RemovalHold(output.storage)
        do {
            let made = try await copy(storage, to: target, &hold)
            try await hold.end(isWhole: true)
            return made
        } catch {
            try? await hold.end(isWhole: false)
            throw error
        }
    }

    private func copy(
        _ storage: String,
        to target: BackupFolder,
        _ hold: inout RemovalHold
    ) async throws -> (BackupOutcome, FaultList) {
        let backup = try Backup(in: target, of: storage)
        let missing = try backup.missing()
        var steps = BackupSteps(total: missing.bytes)
        let copied = try await backup.copyMissing { step in
            try await hold.renewIfDue()
            steps.take(step)
        }
        steps.finish()
        try await hold.renew()
        let manifest = try backup.finish()
        let all = StoredAmount(count: manifest.contents, bytes: manifest.bytes)
        return (BackupOutcome(manifest.takenAt, all, copied: copied, steps.faults), steps.faults)
    }
}

/// Keeps whoever has the store open from removing bytes, for as long as it is renewed.
private struct RemovalHold {
    /// Far less than a hold lasts.
    private static let pause = Duration.seconds(15)

    private let path = "backup/hold/\(UUID())"
    private let storage: StorageOption
    private var renewedAt = ContinuousClock.now

    init(_ storage: StorageOption) async throws {
        let _: Answer = try await ControlClient.send(.post, path, storage: storage)
        self.storage = storage
    }

    mutating func renewIfDue() async throws {
        if ContinuousClock.now - renewedAt > Self.pause { try await renew() }
    }

    /// - Throws: ``BackupError/holdHasEnded``; what ``ControlClient`` throws.
    mutating func renew() async throws {
        let answer: Answer = try await ControlClient.send(.post, path, storage: storage)
        guard answer.wasHeld else { throw BackupError.holdHasEnded }
        renewedAt = .now
    }

    func end(isWhole: Bool) async throws {
        let _: Answer =
            isWhole
            ? try await ControlClient.send(.post, "\(path)/whole", storage: storage)
            : try await ControlClient.send(.delete, path, storage: storage)
    }

    private struct Answer: Decodable, Sendable {
        let wasHeld: Bool
    }
}
