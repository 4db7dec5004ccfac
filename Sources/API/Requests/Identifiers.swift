import HTTP
import Hummingbird
import Index
import JSON

// Turns the texts of a request into ids. An id may be any text here; whether it names a row, the index decides.

extension JSONFields {
    /// A required id of 1 to 500 characters.
    package mutating func id<Entity>(_ name: String, of: Entity.Type = Entity.self) -> Identifier<Entity> {
        Identifier(rawValue: string(name, length: Limits.id))
    }

    /// The channel that a body is about: the one it names, else the default of the caller's key.
    package mutating func channelID(default channel: Agent.ID?) -> Agent.ID {
        if let channel, !has("channelId") { return channel }
        guard has("channelId") else {
            report("channelId", code: "required", Agent.ID.isRequired)
            return Agent.ID(rawValue: "")
        }
        return id("channelId")
    }

    /// The same, or nil when the member is missing.
    package mutating func optionalID<Entity>(
        _ name: String,
        of: Entity.Type = Entity.self
    ) -> Identifier<Entity>? {
        optionalString(name, length: Limits.id).map(Identifier.init)
    }

    /// A required list of ids, as many as `count` allows. Repeats are for the handler to judge.
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

    /// The client's own name for what it sends, such as `clientId`.
    package mutating func optionalGivenName(_ name: String) -> String? {
        optionalString(name, length: Limits.id)
    }
}

extension Agent.ID {
    package static var isRequired: String {
        "is required: name one of your channels, or give the key a default channel"
    }
}

extension RequestContext {
    /// The id in the path. Its type says what it names.
    package func id<Entity>(of: Entity.Type, _ name: String = "id") throws -> Identifier<Entity> {
        Identifier(rawValue: try parameters.require(name))
    }

    /// The id in the path, for handlers whose routes do not all have one.
    package func optionalID<Entity>(of: Entity.Type, _ name: String = "id") -> Identifier<Entity>? {
        parameters.get(name).map(Identifier.init)
    }
}

extension ReadParameters {
    /// The id in the path. Its type says what it names.
    package func id<Entity>(of: Entity.Type) -> Identifier<Entity> { Identifier(rawValue: id) }
}

extension Queried {
    /// The channel that a request may name to limit itself to it.
    ///
    /// - Throws: ``APIError`` 400.
    package func optionalChannel(_ name: String = "channel") throws(APIError) -> Agent.ID? {
        try query(name).map(Agent.ID.init)
    }
}

extension PageRequest {
    /// The id of the last row that the client has seen; nil for the first page.
    package func cursor<Entity>() -> Identifier<Entity>? { before.map(Identifier.init) }
}
