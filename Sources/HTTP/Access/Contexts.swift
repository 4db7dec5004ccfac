import Hummingbird
import Logging
import NIOCore
import Synchronization

/// A context that knows the connection its request came by, whoever the caller is.
package protocol Connected: Sendable {
    var connection: Connection { get }
    /// Whose turns the request takes for what may take long: a user's id, or the address of a caller nobody knows.
    var payer: String { get }
}

/// A context whose caller acts for a user, with a key or signed in. Handlers that serve both take it.
package protocol CallerContext: RequestContext, Connected {
    /// The user's id as text: what it is the id of is known in `API`, by `userID`.
    var user: String { get }
}

extension CallerContext {
    package var payer: String { user }
}

/// The context of every request, before the caller is known.
package struct RootContext: RequestContext, Connected {
    package var coreContext: CoreRequestContextStorage
    /// The connection the request came by. ``ClientFinder`` sees to its client.
    package internal(set) var connection: Connection
    /// How the access log names the caller. All copies of the context share it.
    let caller: Caller
    /// Set by ``AgentAuthentication``.
    var agent: AgentPrincipal?
    /// Set by ``UserAuthentication``.
    var user: UserPrincipal?

    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        connection = Connection(channel: source.channel)
        caller = Caller()
    }

    package var payer: String { connection.client.addressGroup }
}

/// The context of a request with a valid API key. A handler that takes it cannot be reached without one.
package struct AgentContext: ChildRequestContext, CallerContext {
    package var coreContext: CoreRequestContextStorage
    package let connection: Connection
    package let principal: AgentPrincipal
    package var user: String { principal.user }

    package init(context: RootContext) throws {
        guard let agent = context.agent else { throw APIError.missingAPIKey }
        coreContext = context.coreContext
        connection = context.connection
        principal = agent
    }
}

/// For whom a valid API key speaks: the user who owns it, and so for every channel of that user.
package struct AgentPrincipal: Sendable, Equatable {
    /// The id of the user, as text.
    package let user: String
    /// The id of the key, as text.
    package let key: String

    package init(user: String, key: String) {
        self.user = user
        self.key = key
    }
}

/// The caller's name for the access log. Whoever authenticates the request fills it in.
final class Caller: Sendable {
    private let name = Mutex<String?>(nil)

    var label: String {
        get { name.withLock { $0 } ?? "-" }
        set { name.withLock { $0 = newValue } }
    }
}
