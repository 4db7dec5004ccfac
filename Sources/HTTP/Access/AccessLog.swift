import CoreMetrics
import HTTPTypes
import Hummingbird
import Logging

/// Counts each request, and logs a line about it: method, route pattern, status, bytes, milliseconds, request id,
/// caller, address, and a mark if it was slow or refused.
///
/// Never logs a query string, a body or a key. Requests with bodies over 64 KiB are logged once the body has been sent,
/// all others at once.
package struct AccessLog: RouterMiddleware {
    package typealias Context = RootContext

    private static let streamedBytes = 65_536

    private let meter: RequestMeter

    package init(metrics: any MetricsFactory) {
        meter = RequestMeter(metrics)
    }

    package func handle(
        _ request: Request,
        context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        var response = try await next(request, context)
        let time = start.duration(to: .now)
        meter.record(request.method, route: context.endpointPath, status: response.status, after: time)
        let mark = Mark(response.status, time, waits: context.connection.notes.waits)
        guard context.logger.logLevel <= mark.level else { return response }

        let line = Line(
            method: request.method.rawValue,
            status: response.status.code,
            mark: mark,
            context: context,
            start: start
        )
        if let bytes = response.body.contentLength, bytes <= Self.streamedBytes {
            line.log(bytes: bytes)
        } else {
            let body = response.body
            response.body = ResponseBody(contentLength: body.contentLength) { writer in
                do {
                    try await body.write(writer)
                    line.log(bytes: body.contentLength ?? 0)
                } catch {
                    line.logCutOff(error)
                    throw error
                }
            }
        }
        return response
    }

    /// What an operator may look for. Marked lines are logged at `notice`, so that level leaves only them.
    enum Mark: String, Sendable {
        case none, slow, refused

        /// How long an answer may take to begin.
        static let patience = Duration.seconds(1)
        /// Not let in, too much at a time, or no room.
        private static let refusals: Set = [401, 403, 408, 413, 421, 429, 503, 507]

        /// - Parameters:
        ///   - time: until the answer began.
        ///   - waits: whether it waited on purpose, and so is never slow.
        init(_ status: HTTPResponse.Status, _ time: Duration, waits: Bool) {
            if Self.refusals.contains(status.code) {
                self = .refused
            } else {
                self = time >= Self.patience && !waits ? .slow : .none
            }
        }

        var level: Logger.Level { self == .none ? .info : .notice }
    }

    private struct Line: Sendable {
        let method: String
        let status: Int
        let mark: Mark
        let context: RootContext
        let start: ContinuousClock.Instant

        func log(bytes: Int) {
            context.logger.log(level: mark.level, "request", metadata: metadata(bytes: "\(bytes)"))
        }

        /// The body ended early. Usually the client left, which is not a defect.
        func logCutOff(_ error: any Error) {
            context.logger.log(level: mark.level, "request cut off", metadata: metadata(bytes: "-"))
            guard !error.meansConnectionEnded else { return }
            context.logger.error("response could not be sent", metadata: ["error": "\(String(reflecting: error))"])
        }

        private func metadata(bytes: String) -> Logger.Metadata {
            let milliseconds = start.duration(to: .now) / .milliseconds(1)
            var metadata: Logger.Metadata = [
                "method": "\(method)",
                "route": "\(context.endpointPath ?? "-")",
                "status": "\(status)",
                "bytes": "\(bytes)",
                "ms": "\((milliseconds * 1000).rounded() / 1000)",
                "caller": "\(context.connection.notes.caller)",
                "address": "\(context.connection.client.address?.description ?? "-")",
            ]
            if mark != .none { metadata["mark"] = "\(mark.rawValue)" }
            return metadata
        }
    }
}
