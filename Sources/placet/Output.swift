import App
import ArgumentParser
import FoundationEssentials
import Glibc
import JSON

/// `--storage` and `--json`, and how to print an answer.
struct OutputOptions: ParsableArguments {
    @OptionGroup var storage: StorageOption

    @Flag(help: "Print JSON.")
    var json = false

    /// Prints the answer to standard output, as JSON with sorted keys if `--json` was given, otherwise as text.
    func show(_ answer: some Encodable, asText: () -> String) throws {
        guard json else {
            try say(asText())
            return
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try sayExactly(String(decoding: try encoder.encode(answer), as: UTF8.self))
    }
}

/// A table whose columns are as wide as their widest cell, two spaces apart. Every cell is padded, the last one too,
/// and stays on its line.
func table(_ header: [String], _ rows: [[String]]) -> String {
    let all = ([header] + rows).map { $0.map(\.onOneLine) }
    let widths = header.indices.map { column in
        all.map { $0[column].count }.max() ?? 0
    }
    let lines = all.map { row in
        zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
    }
    return lines.joined(separator: "\n")
}

/// A number of bytes for people: three digits at most, in units of 1024.
func size(_ bytes: Int) -> String {
    guard bytes >= 1024 else { return "\(bytes) B" }
    var (value, unit) = (Double(bytes) / 1024, 0)
    let units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
    while value >= 999.5, unit < units.count - 1 { (value, unit) = (value / 1024, unit + 1) }
    guard value < 9.95 else { return "\(Int(value.rounded())) \(units[unit])" }
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(tenths % 10) \(units[unit])"
}

/// Reads a line of standard input, without showing it on a terminal. Nil at the end of the input.
func readSecret(_ prompt: String) -> String? {
    guard isatty(STDIN_FILENO) == 1 else { return readLine() }
    // getpass(3) talks to the terminal itself, so the prompt never gets into a pipe.
    return getpass(prompt).map { String(cString: $0) }
}

/// The password for a new user. It comes from the environment, because other users of the machine can read a command
/// line.
var chosenPassword: String? { ProcessInfo.processInfo.environment["PLACET_NEW_PASSWORD"] }
