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
    /// How many streams a user may have open. Each one looks at every commit in the user's channels.
    private static let maxStreamsPerUser = 50

    private let index: SQLiteIndex
    private let places = Places<User.ID>(perKey: maxStreamsPerUser)

    package init(index: SQLiteIndex) {
        self.index = index
    }

    package func addRoutes(to mounts: Mounts) {
        mounts.agent(.read).get("events", use: listen)
        mounts.user.get("events", use: listenForUser)
    }

    /// An agent's stream: one channel, which it must name. It ends with the key.
    func listen(_ request: Request, _ context: AgentContext) async throws -> Response {
        let channelID = try request.channel()
        try await index.read(by: context.principal) { _ = try $0.channel(channelID, ownedBy: $1) }
        return stream(request, context, of: .channel(channelID))
    }

    /// The users' twin, which differs: it covers all channels, also ones created later, takes one of the user's places,
    /// and ends with the session. Throws 429 when no place is free.
    func listenForUser(_ request: Request, _ context: UserContext) async throws -> Response {
        let place = try places.place(context.userID, orAfter: .seconds(15))
        return stream(request, context, of: .user(context.userID), place)
    }

    /// Goes on after `Last-Event-ID`, which browsers send when they connect again. A value that is no number leads to
    /// `reset`.
    private func stream(
        _ request: Request,
        _ context: some CallerContext,
        of topic: Topic,
        _ place: Place? = nil
    ) -> Response {
        let lastSeen = request.headers[.lastEventID].map { Int64($0) ?? -1 }
        let stream = EventStream(
            index: index,
            topic: topic,
            userID: context.userID,
            principal: context.principal,
            connection: context.connection,
            start: lastSeen ?? index.lastChangeNumber,
            place: place
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
