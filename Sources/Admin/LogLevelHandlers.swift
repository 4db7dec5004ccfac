import API
import HTTP
import Hummingbird
import Index
import JSON
import Logging
import Store

/// How much is logged, which the operator may change while the server runs. The next start goes by the setting again.
extension AdminModule {
    func logLevel(_ request: Request, _ context: RootContext) async throws -> Response {
        try .json(["level": logger.logLevel.rawValue])
    }

    /// The level is changed also when the index takes no entry: then more than ever somebody may want to read on.
    ///
    /// - Throws: ``APIError`` 400 for a level that there is not.
    func setLogLevel(_ request: Request, _ context: RootContext) async throws -> Response {
        let level: Logger.Level = try await request.read(context) { $0.choice("level") }
        var logger = logger
        logger.notice("the log level is changed", metadata: ["from": "\(logger.logLevel)", "to": "\(level)"])
        if level != logger.logLevel { await note(level, by: context.origin(.commandLine)) }
        logger.logLevel = level
        return try .json(["level": level.rawValue])
    }

    private func note(_ level: Logger.Level, by origin: Origin) async {
        do {
            try await store.index.write(for: .upkeep) { tx in
                try tx.insert(AuditEntry(.logLevelChanged, level.rawValue, by: origin, at: tx.now))
            }
        } catch {
            logger.error("the audit log has no entry for the change of the log level", metadata: ["error": "\(error)"])
        }
    }
}
