import Hummingbird
import Logging

/// Logs one line per request: method, route pattern, status, bytes, milliseconds, request id, caller,
/// address.
///
/// Never logs a query string, a body or a key. Requests with bodies over 64 KiB are logged once the body has been sent,
/// all others at once.
package struct AccessLog: RouterMiddleware {
    package typealias Context = RootContext

    private static let streamedBytes = 65_536

    package init() {}

    package func handle(
        _ request: Request,
        context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        var response = try await next(request, context)
        guard context.logger.logLevel <= .info else { return response }

        let line = Line(method: request.method.rawValue, status: response.status.code, context: context, start: start)
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

    private struct Line: Sendable {
        let method: String
        let status: Int
        let context: RootContext
        let start: ContinuousClock.Instant

        func log(bytes: Int) {
            context.logger.info("request", metadata: metadata(bytes: "\(bytes)"))
        }

        /// The body ended early. Usually the client left, which is not a defect.
        func logCutOff(_ error: any Error) {
            context.logger.info("request cut off", metadata: metadata(bytes: "-"))
            guard !error.meansConnectionEnded else { return }
            context.logger.error("response could not be sent", metadata: ["error": "\(String(reflecting: error))"])
        }

        private func metadata(bytes: String) -> Logger.Metadata {
            let elapsed = start.duration(to: .now)
            let microseconds =
                elapsed.components.attoseconds / 1_000_000_000_000 + elapsed.components.seconds * 1_000_000
            return [
                "method": "\(method)",
                "route": "\(context.endpointPath ?? "-")",
                "status": "\(status)",
                "bytes": "\(bytes)",
                "ms": "\(Double(microseconds) / 1000)",
                "caller": "\(context.caller.label)",
                "address": "\(context.connection.client.address?.description ?? "-")",
            ]
        }
    }
}
