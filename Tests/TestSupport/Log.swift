import HTTP
import Logging
import Synchronization

/// Keeps what was logged, down to the last trace, instead of writing it.
package final class Log: Sendable {
    private let kept = Mutex<[String]>([])

    package init() {}

    package var lines: [String] { kept.withLock { $0 } }

    package var logger: Logger {
        var logger = Logger(label: "tests") { _ in Handler(log: self) }
        logger.logLevel = .trace
        return logger
    }

    private struct Handler: LogHandler, AccessLines {
        let log: Log
        var logLevel = Logger.Level.trace
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:]) { $1 }
            let pairs = all.map { "\($0)=\($1)" }.sorted().joined(separator: " ")
            log.kept.withLock { $0.append("\(event.level) \(event.message) \(pairs)") }
        }

        var level: Logger.Level { logLevel }

        func write(_ line: AccessLine) {
            let pairs = line.fields.map { "\($0)=\($1)" }.joined(separator: " ")
            log.kept.withLock { $0.append("\(line.mark.level) \(line.message) \(pairs)") }
        }

        func write(_ error: any Error, requestID: String) {
            log.kept.withLock { $0.append("error response could not be sent hb.request.id=\(requestID) \(error)") }
        }
    }
}
