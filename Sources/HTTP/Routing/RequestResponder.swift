import Hummingbird

/// Thrown by a handler that has nothing to answer yet: it runs anew when `call` returns.
///
/// So a request that waits leaves its handler and all that stands around it, whose functions take some 20 KiB.
struct Pause: Error {
    let call: @Sendable () async -> Void
}

/// Answers each request in a task of its own, and again after each ``Pause``.
///
/// A task keeps the memory that its functions once needed until it ends. The task of a connection lives as long as
/// that, and would keep some 16 KiB for nothing.
package struct RequestResponder: HTTPResponder {
    package typealias Context = RootContext

    private let routes: RouterResponder<RootContext>

    init(_ routes: RouterResponder<RootContext>) {
        self.routes = routes
    }

    package func respond(to request: Request, context: RootContext) async throws -> Response {
        while true {
            do {
                return try await look(at: request, context)
            } catch let pause as Pause {
                await pause.call()
            }
        }
    }

    private func look(at request: Request, _ context: RootContext) async throws -> Response {
        async let response = routes.respond(to: request, context: context)
        return try await response
    }
}

extension AgentContext {
    /// What the request has held since its last look; nil at the first. It holds it no longer.
    package func takeHeld<State: Sendable>(_: State.Type) -> State? {
        connection.notes.takeHeld()?.state as? State
    }

    /// Lets the request wait. To be thrown by its handler, which runs anew when `call` returns, and then finds `state`.
    ///
    /// The caller was authenticated and counted by then, and is not asked again. The access log is told that the
    /// request waits on purpose, and is not slow.
    package func pause(holding state: some Sendable, until call: @escaping @Sendable () async -> Void) -> some Error {
        connection.notes.hold(state, agent)
        return Pause(call: call)
    }
}
