import API
import HTTP
import HTTPTypes
import Hummingbird
import Index

/// What happens in a channel, or in all channels of a person, as server-sent events (WHATWG HTML, section 9.2), for as long
/// as the client listens.
package struct EventsModule: RouteModule {
    /// How many streams a person may have open: each costs the commits of the person's channels a look.
    private static let maxStreamsPerUser = 50

    private let index: SQLiteIndex
    private let places = Places<User.ID>(perKey: maxStreamsPerUser)

    package init(index: SQLiteIndex) {
        self.index = index
    }

    package func addRoutes(to mounts: Mounts) {
        mounts.agent.get("events", use: listen)
        mounts.user.get("events", use: listenForUser)
    }

    func listen(_ request: Request, _ context: AgentContext) async throws -> Response {
        let (channelID, userID, keyID) = (try request.channel(), context.userID, context.principal.keyID)
        try await index.read { _ = try $0.channel(channelID, ownedBy: userID) }
        return stream(request, context, of: .channel(channelID)) { try $0.opens(channelID, keyID: keyID) }
    }

    func listenForUser(_ request: Request, _ context: UserContext) async throws -> Response {
        let (userID, sessionID) = (context.userID, context.principal.sessionID)
        let place = try places.place(userID, orAfter: .seconds(15))
        return stream(request, context, of: .user(userID), place) { try $0.hasSession(id: sessionID, now: .now()) }
    }

    /// Goes on after `Last-Event-ID`, which browsers send by themselves when they connect again.
    private func stream(
        _ request: Request,
        _ context: some CallerContext,
        of topic: Topic,
        _ place: Place? = nil,
        isAllowed: @escaping @Sendable (Reader) throws -> Bool
    ) -> Response {
        let lastSeen = request.headers[.lastEventID].map { Int64($0) ?? -1 }
        let stream = EventStream(
            index: index,
            topic: topic,
            userID: context.userID,
            isAllowed: isAllowed,
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
