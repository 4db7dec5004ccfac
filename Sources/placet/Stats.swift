import App
import ArgumentParser

/// `placet stats`: what is stored, for the operator.
struct Stats: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show what is stored.")

    @OptionGroup var output: OutputOptions

    /// What the control socket answers; also what `--json` prints. Sizes are in bytes.
    struct Figures: Codable, Sendable {
        let files: Amount
        let unattached: Amount
        let blobs: Amount
        let reclaimable: Amount
        let doomedKeys: Int
        let freeBytes: Int
    }

    func run() async throws {
        let figures: Figures = try await ControlClient.send(.get, "storage", storage: output.storage)
        try output.show(figures) {
            table(
                ["", "COUNT", "SIZE"],
                [
                    figures.files.row("files"),
                    figures.unattached.row("of these in no message"),
                    figures.blobs.row("contents on disk"),
                    figures.reclaimable.row("of these in no file"),
                    ["free on disk", "", size(figures.freeBytes)],
                ]
            )
        }
    }
}

/// How many, and their size in bytes together, as the control socket answers it.
struct Amount: Codable, Sendable {
    var count: Int
    var bytes: Int

    /// A row of a table.
    func row(_ name: String) -> [String] { [name, "\(count)", size(bytes)] }
}
