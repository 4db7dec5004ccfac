import CoreMetrics
import HTTPTypes
import Hummingbird

/// Counts each request, and logs a line about it: method, route pattern, status, bytes, milliseconds, request id,
/// caller, address, and a mark if it was slow or refused.
///
/// Requests with bodies over 64 KiB are logged once the body has been sent, all others at once.
package struct AccessLog: RouterMiddleware {
    package typealias Context = RootContext

    private static let streamedBytes = 65_536

    private let meter: RequestMeter
    private let lines: any AccessLines

    package init(metrics: any MetricsFactory, lines: any AccessLines) {
        meter = RequestMeter(metrics)
        self.lines = lines
    }

    package func handle(
        _ request: Request,
        context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        var line = AccessLine(
            start: context.connection.notes.start,
            method: request.method,
            route: context.endpointPath,
            status: response.status,
            requestID: context.id,
            caller: context.connection.notes.caller,
            address: context.connection.client.addressText,
            waits: context.connection.notes.waits
        )
        begin(&line)
        guard lines.level <= line.mark.level else { return response }
        if let bytes = response.body.contentLength, bytes <= Self.streamedBytes {
            end(line, bytes: bytes)
            return response
        }
        let body = response.body
        response.body = ResponseBody(contentLength: body.contentLength) { [line] writer in
            do {
                try await body.write(writer)
                end(line, bytes: body.contentLength ?? 0)
            } catch {
                cutOff(line, error)
                throw error
            }
        }
        return response
    }

    /// The answer begins: the request is counted, and marked if it took long.
    func begin(_ line: inout AccessLine) {
        let time = line.start.duration(to: .now)
        meter.record(line.method, route: line.route, status: line.status, after: time)
        line.mark = AccessLine.Mark(line.status, time, waits: line.waits)
    }

    /// Logs a request whose answer has been sent, or nil bytes of it.
    func end(_ line: AccessLine, bytes: Int?) {
        guard lines.level <= line.mark.level else { return }
        var line = line
        line.bytes = bytes
        line.milliseconds = line.start.duration(to: .now) / .milliseconds(1)
        lines.write(line)
    }

    /// The body ended early. Usually the client left, which is not a defect.
    func cutOff(_ line: AccessLine, _ error: any Error) {
        end(line, bytes: nil)
        if lines.level <= line.mark.level, !error.meansConnectionEnded { lines.write(error, requestID: line.requestID) }
    }
}
