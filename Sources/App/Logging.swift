import HTTP
import Index
import JSON
import Logging
import Synchronization

extension ServerConfiguration {
    /// The logger of the whole process. It writes one line per event, as text or as JSON, whatever the values of the
    /// event hold; standard output is left to what commands print.
    ///
    /// All copies of the logger have one level: whoever sets it on one of them sets it for the process.
    package func makeLogger(writingTo queue: LogQueue = .standardError) -> Logger {
        let level = SharedLevel(logLevel)
        let logger = Logger(label: "placet") { label in
            switch logFormat {
            case .text: TextLogHandler(label: label, queue: queue, level: level)
            case .json: JSONLogHandler(queue: queue, level: level)
            }
        }
        queue.whenDropped { [logger] lines in
            logger.warning("\(lines) lines dropped, because nobody read the log")
        }
        return logger
    }
}

/// What is logged from on. Each log statement asks, so it is a number and not a lock.
private final class SharedLevel: Sendable {
    private static let levels = Logger.Level.allCases
    private let index: Atomic<Int>

    init(_ level: Logger.Level) {
        index = Atomic(Self.index(of: level))
    }

    var value: Logger.Level {
        get { Self.levels[index.load(ordering: .relaxed)] }
        set { index.store(Self.index(of: newValue), ordering: .relaxed) }
    }

    private static func index(of level: Logger.Level) -> Int { levels.firstIndex(of: level) ?? 0 }
}

/// Writes each event as one line: time, level and label, the metadata sorted by name, the source, the message.
///
/// swift-log's own handler writes the same, but every request pays for it, and it takes several times as long.
private struct TextLogHandler: LogHandler {
    let label: String
    let queue: LogQueue
    let shared: SharedLevel
    var metadata: Logger.Metadata = [:]

    var logLevel: Logger.Level {
        get { shared.value }
        nonmutating set { shared.value = newValue }
    }

    init(label: String, queue: LogQueue, level: SharedLevel) {
        (self.label, self.queue, shared) = (label, queue, level)
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let own = event.details
        var all = Array(own)
        for item in metadata where own[item.key] == nil { all.append(item) }
        var line = "\(Timestamp.now()) \(event.level.rawValue) \(label):"
        for (name, value) in all.sorted(by: { $0.key < $1.key }) { line += " \(name)=\(value)" }
        line += " [\(event.source)] \(event.message)"
        queue.write(line)
    }
}

/// Writes each event as one JSON object: `time`, `level` and `message`, with the metadata beside them as strings.
private struct JSONLogHandler: LogHandler {
    let queue: LogQueue
    let shared: SharedLevel
    var metadata: Logger.Metadata = [:]

    var logLevel: Logger.Level {
        get { shared.value }
        nonmutating set { shared.value = newValue }
    }

    init(queue: LogQueue, level: SharedLevel) {
        (self.queue, shared) = (queue, level)
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        write("\(event.message)", at: event.level, metadata.merging(event.details) { $1 })
    }

    private func write(_ message: String, at level: Logger.Level, _ metadata: Logger.Metadata) {
        var line = metadata.mapValues { "\($0)" }
        line["time"] = Timestamp.now().description
        line["level"] = level.rawValue
        line["message"] = message
        guard let bytes = try? JSONText.bytes(of: line) else { return }
        queue.write(String(decoding: bytes, as: UTF8.self))
    }
}

extension LogEvent {
    /// Its metadata and its error, under the names that swift-log gives to the parts of one.
    fileprivate var details: Logger.Metadata {
        guard let error else { return metadata ?? [:] }
        var details = metadata ?? [:]
        details["error.message"] = "\(error)"
        details["error.type"] = "\(String(reflecting: type(of: error)))"
        return details
    }
}

// The access log. Most lines are of it, so they are put together here, without a dictionary.

extension TextLogHandler: AccessLines {
    var level: Logger.Level { logLevel }

    func write(_ line: AccessLine) {
        var text = ""
        text.reserveCapacity(320)
        text += Timestamp.now().description
        text += " "
        text += line.mark.level.rawValue
        text += " "
        text += label
        text += ":"
        for (name, value) in line.fields {
            text += " "
            text += name
            text += "="
            text += value
        }
        text += " [HTTP] "
        text += line.message
        queue.write(text)
    }
}

extension JSONLogHandler: AccessLines {
    var level: Logger.Level { logLevel }

    func write(_ line: AccessLine) {
        let fields = line.fields.map { ($0, Logger.MetadataValue.string($1)) }
        write(line.message, at: line.mark.level, Logger.Metadata(uniqueKeysWithValues: fields))
    }
}

extension AccessLines where Self: LogHandler {
    func write(_ error: any Error, requestID: String) {
        let message: Logger.Message = "response could not be sent"
        let metadata: Logger.Metadata = ["error": "\(String(reflecting: error))", "hb.request.id": "\(requestID)"]
        Logger(label: "placet") { _ in self }.error(message, metadata: metadata)
    }
}

/// Leaves out what Hummingbird calls errors at every stop with connections open: that it cancels them, and that it
/// finds its listening socket closed by us.
struct OrderlyStopHandler: LogHandler {
    private var next: any LogHandler

    init(_ next: any LogHandler) {
        self.next = next
    }

    var logLevel: Logger.Level {
        get { next.logLevel }
        set { next.logLevel = newValue }
    }

    var metadata: Logger.Metadata {
        get { next.metadata }
        set { next.metadata = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { next[metadataKey: key] }
        set { next[metadataKey: key] = newValue }
    }

    func log(event: LogEvent) {
        guard event.level != .error || !Self.isNormal("\(event.message)") else { return }
        next.log(event: event)
    }

    private static func isNormal(_ message: String) -> Bool {
        ["Waiting on child channel: CancellationError()", "Server shutdown error: Already closed"].contains(message)
    }
}
