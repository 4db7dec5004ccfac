import API
import HTTP
import Hummingbird
import JSON
import Logging

/// How much is logged, which the operator may change while the server runs. The next start goes by the setting again.
extension AdminModule {
    func logLevel(_ request: Request, _ context: RootContext) async throws -> Response {
        try .json(["level": logger.logLevel.rawValue])
    }

    /// - Throws: ``APIError`` 400 for a level that there is not.
    func setLogLevel(_ request: Request, _ context: RootContext) async throws -> Response {
        let level: Logger.Level = try await request.read(context) { $0.choice("level") }
        var logger = logger
        logger.notice("the log level is changed", metadata: ["from": "\(logger.logLevel)", "to": "\(level)"])
        logger.logLevel = level
        return try .json(["level": level.rawValue])
    }
}
