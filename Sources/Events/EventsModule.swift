import API
import HTTP
import HTTPTypes
import Hummingbird
import Index

/// What happens in a channel, or in all channels of a user, as server-sent events (WHATWG HTML, section 9.2), for as
/// long as the client listens.
///
/// The hard part is in ``EventStream``: a slow client may cost no memory, and a client without rights any more no
/// event.
package struct EventsModule: RouteModule {
    private let index: StoreIndex
    private let places = CallerPlaces(
        perCaller: Limits.streamsPerCaller,
        perUser: Limits.streamsPerUser,
        of: "event streams"
    )

    package init(index: StoreIndex) {
        self.index = index
    }

    package func addRoutes(to mounts: Mounts) {
        mounts.agent(.read).get("events", use: listen)
        mounts.user.get("events", use: listenForUser)
    }

    /// An agent's stream: of the channel that it names, or of all channels of the key's user. It ends with the key.
    func listen(_ request: Request, _ context: AgentContext) async throws -> Response {
        let channelID = try request.optionalChannel()
        try await index.read(by: context.principal) { _ = try $0.channels(channelID, ownedBy: $1) }
        return try stream(request, context, of: channelID.map(Topic.channel) ?? .user(context.userID))
    }

    /// The users' twin, which differs: it always covers all channels, and ends with the session.
    func listenForUser(_ request: Request, _ context: UserContext) async throws -> Response {
        try stream(request, context, of: .user(context.userID))
    }

    /// Goes on after `Last-Event-ID`, which browsers send when they connect again, or after the query's `lastEventId`,
    /// for those that cannot set headers. A value that is no number leads to `reset`.
    ///
    /// - Throws: ``APIError`` 429 when key, session or user have too many streams open.
    private func stream(
        _ request: Request,
        _ context: some CallerContext,
        of topic: Topic
    ) throws -> Response {
        let lastSeen = try request.headers[.lastEventID] ?? request.query("lastEventId")
        let stream = EventStream(
            index: index,
            topic: topic,
            userID: context.userID,
            principal: context.principal,
            connection: context.connection,
            start: lastSeen.map { Int64($0) ?? -1 } ?? index.lastChangeNumber,
            place: try places.place(context.credential, of: context.payer)
        )
        let headers: HTTPFields = [
            .contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-store",
            .xContentTypeOptions: "nosniff",
        ]
        return Response(status: .ok, headers: headers, body: ResponseBody { try await stream.write(to: &$0) })
    }
}

extension HTTPField.Name {
    static let lastEventID = HTTPField.Name("last-event-id")!
}
