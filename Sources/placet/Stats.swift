import API
import App
import ArgumentParser
import Index

/// `placet stats`: what is stored, for the operator.
struct Stats: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show what is stored.")

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let figures: StorageJSON = try await ControlClient.send(.get, "storage", storage: output.storage)
        try output.show(figures) {
            [
                summary(figures), byKind("TYPE", figures.types.families.map { ($0.type, $0.count, $0.bytes) }),
                byKind("CHANNEL", figures.channels.map { ($0.name, $0.count, $0.bytes) }),
                byKind("AGE", ages(figures)), growth(figures.growth), care(figures),
            ]
            .compactMap { $0 }.joined(separator: "\n\n")
        }
    }

    private func summary(_ figures: StorageJSON) -> String {
        table(
            ["", "COUNT", "SIZE"],
            [
                figures.files.row("files"),
                figures.unattached.row("of these in no message"),
                ["saved by equal contents", "", size(figures.deduplicatedBytes)],
                figures.blobs.row("contents on disk"),
                figures.reclaimable.row("of these in no file"),
                figures.undoable.row("collected, but can be brought back"),
                ["being uploaded", "", size(figures.inFlightBytes)],
                ["free on disk", "", size(Int(figures.freeBytes))],
            ]
        )
    }

    private func care(_ figures: StorageJSON) -> String {
        let (check, backup) = (figures.check, figures.backup)
        let round = check.beganAt.map { "from \($0) on\(check.isUnderWay ? ", under way" : "")" } ?? "not yet"
        let made = backup.madeAt.map { "\($0)" } ?? "none yet"
        return table(
            ["CARE", ""],
            [
                ["all bytes read again", round], ["contents found damaged", "\(check.damaged)"],
                ["last backup", backup.heldUntil == nil ? made : "\(made), one is being made"],
            ]
        )
    }

    /// Nil without rows.
    private func byKind(_ title: String, _ rows: [(name: String, count: Int, bytes: Int)]) -> String? {
        rows.isEmpty ? nil : table([title, "COUNT", "SIZE"], rows.map { [$0.name, "\($0.count)", size($0.bytes)] })
    }

    private func ages(_ figures: StorageJSON) -> [(name: String, count: Int, bytes: Int)] {
        figures.ages.filter { $0.count > 0 }.map { age in
            (age.days.map { $0 == 1 ? "up to a day" : "up to \($0) days" } ?? "older", age.count, age.bytes)
        }
    }

    /// The first of the samples and the last seven. Nil when there is but one.
    private func growth(_ samples: [SampleJSON]) -> String? {
        guard let first = samples.first, samples.count > 1 else { return nil }
        let shown = [first] + samples.dropFirst().suffix(7)
        return table(
            ["DAY", "FILES", "SIZE", "CONTENTS", "SIZE"],
            shown.map {
                [$0.day, "\($0.files.count)", size($0.files.bytes), "\($0.blobs.count)", size($0.blobs.bytes)]
            }
        )
    }
}

extension AmountJSON {
    /// A row of a table.
    func row(_ name: String) -> [String] { [name, "\(count)", size(bytes)] }
}
