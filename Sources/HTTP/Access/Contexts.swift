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

/// The context of every request, before the caller is known.
package struct RootContext: RequestContext, Connected {
    package var coreContext: CoreRequestContextStorage
    /// The connection the request came by. ``ClientFinder`` sees to its client.
    package internal(set) var connection: Connection
    /// Set by ``AgentAuthentication``.
    var agent: AgentPrincipal?
    /// Set by ``UserAuthentication``.
    var user: UserPrincipal?

    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        connection = Connection(channel: source.channel)
    }

    package var payer: String { connection.client.addressGroup }
}

/// The context of a request with a valid API key. A handler that takes it cannot be reached without one.
package struct AgentContext: ChildRequestContext, Connected {
    package var coreContext: CoreRequestContextStorage
    package let connection: Connection
    package let agent: AgentPrincipal

    package init(context: RootContext) throws {
        guard let agent = context.agent else { throw APIError.missingAPIKey }
        coreContext = context.coreContext
        connection = context.connection
        self.agent = agent
    }

    package var payer: String { agent.user }
}

/// For whom a valid API key speaks: the user who owns it, and so for every channel of that user.
package struct AgentPrincipal: Sendable, Equatable {
    /// The id of the user, as text.
    package let user: String
    /// The id of the key, as text.
    package let key: String
    /// The SHA-256 of the secret that the request carried.
    package let hash: [UInt8]
    package let scopes: Set<KeyScope>
    /// The id of the channel for what names none, as text.
    package let defaultChannel: String?

    package init(user: String, key: String, hash: [UInt8], scopes: Set<KeyScope>, defaultChannel: String? = nil) {
        self.defaultChannel = defaultChannel
        self.user = user
        self.key = key
        self.hash = hash
        self.scopes = scopes
    }
}

/// What is noted of a request while it is served: by whoever authenticates it, and by whoever lets it wait.
final class RequestNotes: Sendable {
    private struct Notes {
        var caller: String?
        var waits = false
        var held: Held?
    }

    /// What a request that waits keeps from one look to the next.
    struct Held {
        let state: any Sendable
        let agent: AgentPrincipal
    }

    let start = ContinuousClock.now
    private let notes = Mutex(Notes())

    /// The caller's name; `-` while nobody knows it.
    var caller: String {
        get { notes.withLock { $0.caller } ?? "-" }
        set { notes.withLock { $0.caller = newValue } }
    }

    /// Whether it waits for something to happen, so that its time says nothing about the server.
    var waits: Bool {
        get { notes.withLock { $0.waits } }
        set { notes.withLock { $0.waits = newValue } }
    }

    /// Who asked, when the request has waited and is looked at again.
    var heldAgent: AgentPrincipal? { notes.withLock { $0.held?.agent } }

    func hold(_ state: some Sendable, _ agent: AgentPrincipal) {
        notes.withLock { notes in
            notes.waits = true
            notes.held = Held(state: state, agent: agent)
        }
    }

    func takeHeld() -> Held? {
        notes.withLock { $0.held.take() }
    }
}
