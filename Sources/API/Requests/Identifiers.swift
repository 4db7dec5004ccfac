import HTTP
import Hummingbird
import Index
import JSON

// Where texts of a request become ids. Whether an id is one of ours the index knows.

extension JSONFields {
    package mutating func id<Entity>(_ name: String, of: Entity.Type = Entity.self) -> Identifier<Entity> {
        Identifier(rawValue: string(name, length: Limits.id))
    }

    package mutating func optionalID<Entity>(
        _ name: String,
        of: Entity.Type = Entity.self
    ) -> Identifier<Entity>? {
        optionalString(name, length: Limits.id).map(Identifier.init)
    }

    package mutating func ids<Entity>(
        _ name: String,
        of: Entity.Type = Entity.self,
        count: ClosedRange<Int>
    ) -> [Identifier<Entity>] {
        strings(name, count: count).map(Identifier.init)
    }

    package mutating func optionalIDs<Entity>(
        _ name: String,
        of: Entity.Type = Entity.self,
        count: ClosedRange<Int>
    ) -> [Identifier<Entity>]? {
        optionalStrings(name, count: count)?.map(Identifier.init)
    }

    /// The sender's own name for what it sends, such as `clientId`.
    package mutating func optionalGivenName(_ name: String) -> String? {
        optionalString(name, length: Limits.id)
    }
}

extension RequestContext {
    /// The id in the path.
    package func id<Entity>(of: Entity.Type, _ name: String = "id") throws -> Identifier<Entity> {
        Identifier(rawValue: try parameters.require(name))
    }

    /// The id in the path, of a route that may have one; nil of another.
    package func optionalID<Entity>(of: Entity.Type, _ name: String = "id") -> Identifier<Entity>? {
        parameters.get(name).map(Identifier.init)
    }
}

extension Request {
    /// The channel that a request is about, which must be named.
    ///
    /// - Throws: ``APIError`` 400.
    package func channel() throws(APIError) -> Agent.ID {
        Agent.ID(rawValue: try requiredQuery("channel"))
    }

    /// A channel that a request may be limited to.
    ///
    /// - Throws: ``APIError`` 400.
    package func optionalChannel(_ name: String = "channel") throws(APIError) -> Agent.ID? {
        try query(name).map(Agent.ID.init)
    }
}

extension PageRequest {
    /// The id of the last row that the client has seen.
    package func cursor<Entity>() -> Identifier<Entity>? { before.map(Identifier.init) }
}

// Whom a request speaks for.

extension CallerContext {
    package var userID: User.ID { User.ID(rawValue: user) }

    /// As what the caller speaks: with a key as the agent, signed in as the user.
    package var senderType: Message.SenderType { self is AgentContext ? .agent : .user }
}

extension AgentPrincipal {
    package var keyID: APIKey.ID { APIKey.ID(rawValue: key) }

    package init(_ key: APIKey) {
        self.init(user: key.userID.rawValue, key: key.id.rawValue)
    }
}

extension UserPrincipal {
    package var sessionID: Session.ID { Session.ID(rawValue: session) }

    package init(_ session: Session, of user: User) {
        self.init(user: user.id.rawValue, session: session.id.rawValue, isOwner: user.role == .owner)
    }
}
