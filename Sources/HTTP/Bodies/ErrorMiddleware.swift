import FoundationEssentials
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1

/// The outermost middleware. Every error that leaves a handler becomes JSON here (docs/api.md, "Conventions"), and is
/// logged here, once.
package struct ErrorMiddleware: RouterMiddleware {
    package typealias Context = RootContext

    private let routes: RouteTable
    private let translate: @Sendable (any Error) -> APIError?

    /// - Parameter translate: what the errors of the shelves (index, blobs, parser) mean to a client; nil for a defect.
    package init(routes: RouteTable, translate: @escaping @Sendable (any Error) -> APIError?) {
        self.routes = routes
        self.translate = translate
    }

    package func handle(
        _ request: Request,
        context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do {
            response = try await next(request, context)
        } catch let pause as Pause {
            throw pause
        } catch {
            response = answer(error, to: request, context: context)
            // After HEAD a client would read a body as the start of the next answer (RFC 9110 section 9.3.2).
            if request.method == .head { response = response.createHeadResponse() }
        }
        response.headers[.requestID] = context.id
        return response
    }

    private func answer(_ error: any Error, to request: Request, context: Context) -> Response {
        if let error = error as? ErrorWithHeaders {
            var response = answer(error.error, to: request, context: context)
            response.headers.append(contentsOf: error.headers)
            return response
        }
        let failure: APIError
        switch error {
        case let error as APIError:
            failure = error
        case let error as HTTPError where error.status == .notFound:
            failure = unknownRoute(request)
        case is HTTPParserError:
            failure = .notHTTP
        case let error as any HTTPResponseError:
            failure = APIError(
                error.status,
                "\(error.status.reasonPhrase): check the request against the API reference"
            )
        default:
            failure = translate(error) ?? defect(error, context: context)
        }
        if let cause = failure.cause { context.logger.error("request refused", metadata: ["cause": "\(cause)"]) }
        return failure.response(path: request.uri.path, requestID: context.id)
    }

    private func unknownRoute(_ request: Request) -> APIError {
        let allowed = routes.methods(at: request.uri.path)
        guard !allowed.isEmpty else {
            return APIError(.notFound, "No such route; see the API reference")
        }
        let list = allowed.joined(separator: ", ")
        return APIError(.methodNotAllowed, "This route takes \(list)", headers: [.allow: list])
    }

    private func defect(_ error: any Error, context: Context) -> APIError {
        if error.meansConnectionEnded {
            context.logger.debug("request abandoned")
            return APIError(.badRequest, "The connection ended before the request was complete; send it again")
        }
        context.logger.error("unexpected error", metadata: ["error": "\(String(reflecting: error))"])
        return APIError(.internalServerError, "Something failed on our side; report the requestId to the operator")
    }
}

/// An error of any kind whose answer has header fields besides its own.
package struct ErrorWithHeaders: Error {
    let error: any Error
    let headers: HTTPFields

    package init(_ error: any Error, _ headers: HTTPFields) {
        (self.error, self.headers) = (error, headers)
    }
}

extension Error {
    /// Whether the client hung up or the server is stopping, so that nobody reads the answer. An IOError never comes
    /// from our own files, because the store has its own errors.
    var meansConnectionEnded: Bool { self is CancellationError || self is ChannelError || self is IOError }
}

extension APIError {
    /// The bytes are not HTTP, or the request ended early.
    static let notHTTP = APIError(.badRequest, "The request is not well-formed HTTP/1.1 or ended too early")

    /// The limits are those of `RequestDecoder`.
    static let headTooLarge = APIError(
        .requestHeaderFieldsTooLarge,
        "The head of a request may have 80 KiB and 1000 header lines; send fewer or shorter ones, or a shorter path"
    )

    /// The failure as a client gets it (docs/api.md, "Conventions", Errors).
    package func response(path: String, requestID: String) -> Response {
        var response = Response.json(bytes: body(path: path, requestID: requestID), status: status)
        response.headers.append(contentsOf: headers)
        return response
    }

    /// Only the JSON body.
    func body(path: String, requestID: String) -> ByteBuffer {
        let body = Body(
            statusCode: status.code,
            message: message,
            timestamp: Date.now.formatted(.iso8601WithMilliseconds),
            path: path,
            requestId: requestID,
            errors: fields.isEmpty ? nil : fields,
            figures: figures.isEmpty ? nil : figures
        )
        // The shape is fixed and made of strings, so encoding cannot fail. If it ever did, an empty body is better than
        // a crash.
        return (try? ByteBuffer.json(body)) ?? ByteBuffer()
    }

    private struct Body: Encodable {
        let statusCode: Int
        let message: String
        let timestamp: String
        let path: String
        let requestId: String
        let errors: [Field]?
        let figures: [String: Int]?
    }
}

extension FormatStyle where Self == Date.ISO8601FormatStyle {
    static var iso8601WithMilliseconds: Self { .init(includingFractionalSeconds: true) }
}

extension HTTPField.Name {
    package static let requestID = HTTPField.Name("x-request-id")!
}
