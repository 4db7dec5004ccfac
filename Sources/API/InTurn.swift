import HTTP
import Hummingbird
import Index

extension Connected {
    /// Runs work that is small unless a message is large: then it gives up, and is run again in the caller's turn.
    ///
    /// - Parameter work: reads messages or lists and writes them as JSON; may run twice.
    package func inTurnIfLarge<Value: Sendable>(
        _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        do {
            return try await ReadLimit.$bytes.withValue(ReadLimit.small) { try await work() }
        } catch IndexError.tooLarge {
            return try await inTurn(work)
        }
    }
}

/// The same handler, run in the caller's turn when what it reads is large. It must not read a body.
package func inTurnIfLarge<Context: RequestContext & Connected>(
    _ handler: @escaping @Sendable (Request, Context) async throws -> Response
) -> @Sendable (Request, Context) async throws -> Response {
    { request, context in try await context.inTurnIfLarge { try await handler(request, context) } }
}
