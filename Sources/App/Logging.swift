import Foundation
import JSON
import Logging

extension ServerConfiguration {
    /// The logger of the whole process. It writes one line per event on standard error, as text or as JSON; standard
    /// output is left to what commands print.
    package func makeLogger() -> Logger {
        var logger = Logger(label: "placet") { label in
            switch logFormat {
            case .text: StreamLogHandler.standardError(label: label)
            case .json: JSONLogHandler()
            }
        }
        logger.logLevel = logLevel
        return logger
    }
}

/// Writes each event as one JSON object: `time`, `level` and `message`, with the metadata beside them as strings.
private struct JSONLogHandler: LogHandler {
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var line = metadata.merging(event.metadata ?? [:]) { $1 }.mapValues { "\($0)" }
        line["time"] = Date.now.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        line["level"] = event.level.rawValue
        line["message"] = "\(event.message)"
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard var bytes = try? encoder.encode(line) else { return }
        bytes.append(UInt8(ascii: "\n"))
        // One write per line, so that the lines of concurrent requests do not mix. A log that cannot be written, on a
        // full disk for example, is no reason to stop.
        try? FileHandle.standardError.write(contentsOf: bytes)
    }
}
