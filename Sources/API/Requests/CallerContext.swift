import HTTP
import Hummingbird
import Index

// What `HTTP` knows as text about the caller gets its type here: that shelf does not know the index.

/// A context whose caller acts for a user, with a key or signed in. Handlers that serve both take it.
package protocol CallerContext: RequestContext, Connected {
    /// The user as the head of the request told. Good for counting and naming; what acts asks again, by ``principal``.
    var userID: User.ID { get }
    /// What the index judges whenever it reads or writes for the caller.
    var principal: Principal { get }
    /// The id of the key or the session. For counting what one of them has open.
    var credential: String { get }
    /// Where messages and files go that name no channel. Users have none.
    var defaultChannel: Agent.ID? { get }
    /// What the audit log says of the caller.
    var origin: Origin { get }
}

extension RequestContext where Self: Connected {
    /// What the audit log says of a caller who was let in that way.
    package func origin(_ way: Origin.Way, userID: User.ID? = nil, credential: String? = nil) -> Origin {
        Origin(
            way,
            userID: userID,
            credential: credential,
            address: connection.client.addressText,
            requestID: id
        )
    }
}

extension CallerContext {
    /// Whether the caller speaks as the agent, with a key, or as the user, signed in.
    package var senderType: Message.SenderType { self is AgentContext ? .agent : .user }

    package var defaultChannel: Agent.ID? { nil }
}

extension AgentContext: CallerContext {
    package var userID: User.ID { User.ID(rawValue: agent.user) }
    package var principal: Principal { .key(hash: agent.hash, of: userID, as: origin) }
    package var credential: String { agent.key }
    package var defaultChannel: Agent.ID? { agent.defaultChannel.map(Agent.ID.init) }
    package var origin: Origin { origin(.key, userID: userID, credential: credential) }
}

extension SessionContext: CallerContext {
    package var userID: User.ID { User.ID(rawValue: user.user) }
    package var principal: Principal { .session(user.sessionID, of: userID, [], as: origin) }
    package var credential: String { user.session }
    package var origin: Origin { origin(.session, userID: userID, credential: credential) }
}

extension UserContext: CallerContext {
    package var userID: User.ID { User.ID(rawValue: user.user) }
    package var principal: Principal { .session(user.sessionID, of: userID, [.chosenPassword], as: origin) }
    package var credential: String { user.session }
    package var origin: Origin { origin(.session, userID: userID, credential: credential) }
}

extension OwnerContext: CallerContext {
    package var userID: User.ID { User.ID(rawValue: user.user) }
    package var principal: Principal {
        .session(user.sessionID, of: userID, [.chosenPassword, .ownerRole], as: origin)
    }
    package var credential: String { user.session }
    package var origin: Origin { origin(.session, userID: userID, credential: credential) }
}

extension Principal {
    /// The same, for an act that asks for the password again when it was not given lately (docs/api.md, "Users", Asking
    /// again). Keys have no password, and pass.
    package var confirmed: Principal { demanding(.passwordGiven(within: Limits.passwordGiven)) }
}

extension AgentPrincipal {
    /// - Parameter hash: the SHA-256 of the key's secret.
    package init(_ key: APIKey, hash: [UInt8]) {
        let words = key.scope?.split(separator: " ").map(String.init)
        self.init(
            user: key.userID.rawValue,
            key: key.id.rawValue,
            hash: hash,
            scopes: Set(words?.compactMap(KeyScope.init) ?? KeyScope.allCases),
            defaultChannel: key.defaultChannelID?.rawValue
        )
    }
}

extension UserPrincipal {
    package var sessionID: Session.ID { Session.ID(rawValue: session) }

    package init(_ session: Session, of user: User) {
        self.init(
            user: user.id.rawValue,
            session: session.id.rawValue,
            isOwner: user.role == .owner,
            mustChangePassword: user.mustChangePassword
        )
    }
}
