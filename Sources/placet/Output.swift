import ArgumentParser
import Foundation
import JSON

/// `--storage` and `--json`, and how answers are shown.
struct OutputOptions: ParsableArguments {
    @OptionGroup var storage: StorageOption

    @Flag(help: "Print JSON.")
    var json = false

    func show(_ answer: some Encodable, asText: () -> String) throws {
        guard json else {
            try say(asText())
            return
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try say(String(decoding: try encoder.encode(answer), as: UTF8.self))
    }
}

/// Columns as wide as their widest cell.
func table(_ header: [String], _ rows: [[String]]) -> String {
    let widths = header.indices.map { column in
        ([header] + rows).map { $0[column].count }.max() ?? 0
    }
    let lines = ([header] + rows).map { row in
        zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
    }
    return lines.joined(separator: "\n")
}

/// A line of standard input, without showing it on a terminal; nil at the end of the input.
func readSecret(_ prompt: String) -> String? {
    guard isatty(STDIN_FILENO) == 1 else { return readLine() }
    return getpass(prompt).map { String(cString: $0) }
}

/// The password of a new user, from the environment so that no process list shows it.
var chosenPassword: String? { ProcessInfo.processInfo.environment["PLACET_NEW_PASSWORD"] }
